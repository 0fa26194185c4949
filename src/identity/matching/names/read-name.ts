import { hasHan, simplify } from './characters.ts';
import type { JsonObject } from '../../../fhir/resource.ts';
import type { Child, HanName, LatinName, Name, NameUse } from './name.ts';
import { foldPinyin, isPinyin, isSurnameReading, readingsOf, surnameReading } from './pinyin.ts';
import { readPlaceholder } from './placeholder.ts';

const COMPOUND = new Set(('欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 司徒 令狐 东方 南宫 长孙 宇文 轩辕 端木 百里 呼延 钟离 万俟 淳于 太史 申屠 独孤 闻人 澹台 公冶 宗政 濮阳 赫连 西门 东郭 拓跋 完颜 纳兰 叶赫 爱新').split(' '));
const DOTS = /[·•・‧∙⋅･.．]/gu;
/** Nobody's name: what is written where none is known, and what hides one. */
const NO_NAME = /^(?:(?:无名(?:[氏男女][A-Z]?)?|不详|未知|佚名|匿名|患者|病人|测试|test)\d*|(?:急诊|急救|抢救)(?:患者|病人)?[A-Z]?\d+号?|unknown|anonymous|n\/?a|none)$|[*＊?？□■〇]|^(?:.{1,2})(?:先生|女士|小姐|太太|某某?)$/iu;
const TAIL = /[\d\p{Script=Latin}]+$/u;
const TITLES = new Set(['mr', 'mrs', 'ms', 'miss', 'dr', 'prof', 'jr', 'sr', 'ii', 'iii', 'iv', 'phd', 'md']);

/** Reads a HumanName; undefined where it holds none that can be compared. */
export function readName(name: JsonObject): Name | undefined {
  const { family, given } = name;
  const parts = { family: text(family), given: (Array.isArray(given) ? given : []).map(text).filter((part) => part !== '') };
  const whole = text(name['text']);
  const use = useOf(name['use']);
  if (hasHan(whole) || (whole === '' && hasHan(parts.family + parts.given.join('')))) return readHan(whole === '' ? parts.family + parts.given.join('') : whole, { family: parts.family, use });
  return readLatin(whole, { ...parts, use });
}

/** Reads a text as a name, as a guardian is often told. */
export function readNameText(whole: string): Name | undefined {
  return readName({ text: whole });
}

function readHan(whole: string, { family, use }: { readonly family: string; readonly use: NameUse }): HanName | undefined {
  const hasDot = whole.search(DOTS) >= 0;
  const plain = simplify(whole.replace(/[(（[].*$/u, '').replace(/\s+/gu, '')).replace(DOTS, '');
  if (NO_NAME.test(plain)) return undefined;
  const placeholder = readPlaceholder(plain);
  const written = placeholder?.mother ?? plain;
  const full = written.replace(TAIL, '');
  const characters = Array.from(full);
  if (characters.length === 0 || characters.length > 20) return undefined;
  const surname = familyOf(full, characters, { family: simplify(family.replace(/\s+/gu, '')), hasDot });
  const rest = characters.slice(Array.from(surname).length);
  return {
    script: 'han', use, full, tail: written.slice(full.length), family: surname, given: rest, child: placeholder?.child,
    familyPinyin: surname === '' ? '' : surnameReading(surname), givenPinyin: rest.map((character) => readingsOf(character)[0] ?? '').join(''),
  };
}

function familyOf(full: string, characters: readonly string[], { family, hasDot }: { readonly family: string; readonly hasDot: boolean }): string {
  if (hasDot || characters.length > 5) return '';
  const length = Array.from(family).length;
  if (family !== '' && full.startsWith(family) && length <= 2 && length < characters.length) return family;
  const two = characters.slice(0, 2).join('');
  return characters.length > 2 && COMPOUND.has(two) ? two : characters[0] ?? '';
}

interface LatinParts { readonly family: string; readonly given: readonly string[]; readonly use: NameUse }

function readLatin(whole: string, { family, given, use }: LatinParts): LatinName | undefined {
  const placeholder = readPlaceholder(whole);
  const [before, after] = splitComma(placeholder?.mother ?? whole);
  const familyWords = family === '' || placeholder !== undefined ? wordsOf(after === undefined ? '' : before) : wordsOf(family);
  const givenWords = given.length === 0 || placeholder !== undefined ? wordsOf(after ?? '') : wordsOf(given.join(' '));
  // `Smith, John` is John Smith.
  const written = whole === '' || after !== undefined ? [...givenWords, ...familyWords] : wordsOf(before);
  if (written.length === 0 || written.length > 8 || NO_NAME.test(written.join(' '))) return undefined;
  return { script: 'latin', use, words: written, family: familyWords, given: givenWords, pinyin: pinyinOf(written, familyWords), child: childOf(placeholder) };
}

function childOf(placeholder: { readonly child: Child } | undefined): Child | undefined {
  return placeholder?.child;
}

function splitComma(whole: string): readonly [string, string | undefined] {
  const at = whole.indexOf(',');
  return at < 0 ? [whole, undefined] : [whole.slice(0, at), whole.slice(at + 1)];
}

function wordsOf(name: string): readonly string[] {
  return name.normalize('NFKD').replace(/[\u0300-\u036f'’`]/gu, '').toLowerCase().replace(/ß/gu, 'ss').replace(/ø/gu, 'o').replace(/æ/gu, 'ae').replace(/ł/gu, 'l')
    .split(/[^\p{L}]+/u).filter((word) => word !== '' && !TITLES.has(word)).slice(0, 9);
}

/** Which word is the surname: the one that the record says, else the first that can be one, else the last. */
function pinyinOf(words: readonly string[], family: readonly string[]): LatinName['pinyin'] {
  const folded = words.map(foldPinyin);
  if (folded.length > 4 || !folded.every(isPinyin)) return undefined;
  const named = foldPinyin(family.join(''));
  const [first = ''] = folded;
  const last = folded.at(-1) ?? '';
  if (named !== '' && isSurnameReading(named)) return divided(folded.join(''), named, words.map(foldPinyin));
  if (folded.length === 1) return undefined;
  if (isSurnameReading(first)) return { family: first, given: folded.slice(1).join('') };
  return isSurnameReading(last) ? { family: last, given: folded.slice(0, -1).join('') } : undefined;
}

function divided(whole: string, family: string, words: readonly string[]): LatinName['pinyin'] {
  const rest = words.filter((word, index) => word !== family || words.indexOf(word) !== index).join('');
  if (rest !== whole) return rest === '' ? undefined : { family, given: rest };
  return whole.startsWith(family) && whole !== family ? { family, given: whole.slice(family.length) } : undefined;
}

function useOf(use: JsonObject[string]): NameUse {
  if (use === 'old' || use === 'maiden') return 'old';
  return use === 'nickname' ? 'nickname' : 'current';
}

function text(value: unknown): string {
  return typeof value === 'string' && value.length <= 200 ? value.normalize('NFKC').trim() : '';
}
