import { UnreadableMessage } from '../message.ts';

/** What is taken in. GBK and GB 2312 are read as GB 18030, which holds both. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['utf-8', 'utf-8'], ['utf8', 'utf-8'], ['utf-16', 'utf-16'], ['gb18030', 'gb18030'], ['gbk', 'gb18030'], ['gb2312', 'gb18030'],
]);
type Encoding = 'utf-8' | 'utf-16' | 'gb18030';
type Decoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

/** A declaration is short, and stands at the very start. */
const DECLARATION_BYTES = 200;
const DECLARED = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/**
 * The text of an XML document, without its byte order mark.
 *
 * @throws UnreadableMessage for an encoding that is not taken in, one that the bytes contradict, and bytes that are not of it
 * @see https://www.w3.org/TR/xml/#sec-guessing
 */
export function decodeXml(bytes: Buffer): string {
  const decoding = decodingOf(bytes);
  try {
    return new TextDecoder(decoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UnreadableMessage('syntax', `The body is not ${decoding.toUpperCase()}, the encoding that it declares or that holds without a declaration`, { cause: error });
  }
}

function decodingOf(bytes: Buffer): Decoding {
  const seen = seenAtStart(bytes);
  const declared = declaredEncoding(bytes, seen ?? 'utf-8');
  if (seen === undefined) {
    if (declared !== 'utf-16') return declared ?? 'utf-8';
    throw new UnreadableMessage('syntax', 'The XML declaration says UTF-16, and the body is not UTF-16');
  }
  const isMatching = declared === undefined || declared === seen || (declared === 'utf-16' && seen !== 'utf-8');
  if (!isMatching) throw new UnreadableMessage('syntax', 'The XML declaration says another encoding than the first bytes of the body');
  return seen;
}

/** What the byte order mark tells, or in UTF-16 the first two characters `<?`. */
function seenAtStart(bytes: Buffer): Exclude<Decoding, 'gb18030'> | undefined {
  const start = bytes.toString('hex', 0, 4);
  if (start === 'fffe0000' || start === '0000feff') throw new UnreadableMessage('syntax', 'The body is UTF-32, which is not taken in');
  if (start.startsWith('efbbbf')) return 'utf-8';
  if (start.startsWith('feff') || start === '003c003f') return 'utf-16be';
  return start.startsWith('fffe') || start === '3c003f00' ? 'utf-16le' : undefined;
}

function declaredEncoding(bytes: Buffer, decoding: Decoding): Encoding | undefined {
  const start = new TextDecoder(decoding).decode(bytes.subarray(0, DECLARATION_BYTES));
  const label = DECLARED.exec(start)?.[1];
  if (label === undefined) return undefined;
  const encoding = ENCODINGS.get(label.toLowerCase());
  if (encoding === undefined) throw new UnreadableMessage('syntax', 'The XML declaration names an encoding other than UTF-8, UTF-16, GB18030 and GBK');
  return encoding;
}
