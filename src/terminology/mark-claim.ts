/** What a laboratory writes around the name of a test to say that its result is recognised elsewhere: `★葡萄糖`, `葡萄糖(沪HR)`. */
export interface ClaimedName {
  /** Without the claim: what the test is called. */
  readonly name: string;
  /** As it was sent, `★`; undefined where the name makes none. */
  readonly claim: string | undefined;
}

const SYMBOLS = '[★☆*＊]+';
/** 全国HR, 沪HR, 京津冀HR, or a place in full, 北京市西城区HR; HR alone. */
const SHORT_AREA = '全国|[京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青台蒙桂藏宁新港澳]{1,3}';
const AREA = String.raw`${SHORT_AREA}|\p{Script=Han}{1,12}[省市区县盟州]`;
const LABEL = `(?:${AREA})?HR`;
const [OPEN, CLOSE, GAP] = [String.raw`[([（【]`, String.raw`[)\]）】]`, String.raw`[\s·:：-]`];

/** Brackets, a gap or a change of script part a label from the name: `HR-CRP` and `CHR` are names. */
const IN_FRONT = new RegExp(String.raw`^\s*(?:(${SYMBOLS})|${OPEN}(${SYMBOLS}|${LABEL})${CLOSE}|(${LABEL})(?=[\s·:：]|\p{Script=Han}))${GAP}*(?=\S)`, 'u');
/** A place in full needs a gap, or it could not be told from the name. */
const BEHIND = new RegExp(String.raw`(?<=\S)${GAP}*(?:(${SYMBOLS})|${OPEN}(${SYMBOLS}|${LABEL})${CLOSE}|(?<=[\s·:：])(${LABEL})|(?<=\p{Script=Han})((?:${SHORT_AREA})?HR))\s*$`, 'u');
/** Nearly all names make none. */
const ANY_CLAIM = /[★☆*＊]|HR/;
const NAMED = /[\p{L}\p{N}]/u;
/** Longer texts are no names of tests, and are not searched. */
const MAX_LENGTH = 200;

/**
 * Parts a name of a laboratory test from the claim of recognition before and behind it. A name that would be nothing but a claim
 * makes none.
 */
export function readClaim(sent: string): ClaimedName {
  if (sent.length > MAX_LENGTH || !ANY_CLAIM.test(sent)) return { name: sent, claim: undefined };
  const claims: string[] = [];
  let name = sent;
  for (const side of [IN_FRONT, BEHIND]) {
    const found = side.exec(name);
    const rest = found === null ? '' : name.replace(side, '').trim();
    if (found === null || !NAMED.test(rest)) continue;
    claims.push(found.slice(1).find(Boolean) ?? '');
    name = rest;
  }
  return claims.length === 0 ? { name: sent, claim: undefined } : { name, claim: claims.join(' ') };
}
