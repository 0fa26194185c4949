import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { charsetOf, decodeBytes, encodeText } from '../../../src/normalize/hl7v2/charset.ts';
import { decodeV2 } from '../../../src/normalize/hl7v2/decode.ts';
import { readHeader } from '../../../src/normalize/hl7v2/header.ts';
import { parseV2 } from '../../../src/normalize/hl7v2/parse.ts';

interface Sent { readonly charset: string; readonly application?: string; readonly name?: string }

/** @param encoding of iconv-lite: what the bytes really are */
function message({ charset, application = 'LIS', name = '张三' }: Sent, encoding: string): Buffer {
  return iconv.encode(`MSH|^~\\&|${application}|HOSP|HIE|D|20260301||ADT^A08|1|P|2.5||||||${charset}|\rPID|1||7||${name}\r`, encoding);
}

const nameIn = (bytes: Buffer, fallback?: string): string => parseV2(decodeV2(bytes, fallback).text).segments[1]!.text(5);

function refusal(bytes: Buffer, fallback?: string): string {
  try {
    decodeV2(bytes, fallback);
  } catch (error) {
    if (error instanceof UnreadableMessage) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'read';
}

describe('the character set of a message', () => {
  it.each([
    ['UNICODE UTF-8', 'utf8', 'utf-8'], ['UTF-8', 'utf8', 'utf-8'], ['utf8', 'utf8', 'utf-8'], ['UNICODE', 'utf8', 'utf-8'], ['Unicode UTF8', 'utf8', 'utf-8'],
    ['GB 18030-2000', 'gb18030', 'gb18030'], ['GB18030', 'gb18030', 'gb18030'], ['GB18030-2000', 'gb18030', 'gb18030'], ['gbk', 'gbk', 'gb18030'], ['GB2312', 'gb2312', 'gb18030'],
    ['GB18030~UNICODE UTF-8', 'gb18030', 'gb18030'],
  ])('is what MSH-18 says: %s', (charset, encoding, read) => {
    const bytes = message({ charset }, encoding);
    expect(decodeV2(bytes).charset).toBe(read);
    expect(nameIn(bytes)).toBe('张三');
  });

  it.each([['8859/1', 'José', 'iso-8859-1'], ['8859/15', 'Œuvre €', 'iso-8859-15'], ['ISO-8859-2', 'Łódź', 'iso-8859-2'], ['ISO8859/5', 'Иван', 'iso-8859-5']])('may be one of ISO 8859: %s', (charset, name, encoding) => {
    expect(nameIn(message({ charset, name }, encoding))).toBe(name);
  });

  it('may be ASCII, and is then nothing else', () => {
    expect(nameIn(message({ charset: 'ASCII', name: 'ZHANG' }, 'ascii'))).toBe('ZHANG');
    expect(refusal(message({ charset: 'ASCII' }, 'utf8'))).toMatch(/^syntax: .*us-ascii.*MSH-18/);
  });

  it('is that of the source where MSH-18 is empty, and UTF-8 where that is silent too', () => {
    expect(nameIn(message({ charset: '' }, 'utf8'))).toBe('张三');
    expect(nameIn(message({ charset: '' }, 'gbk'), 'GB18030')).toBe('张三');
    expect(refusal(message({ charset: '' }, 'gbk'))).toMatch(/^syntax: .*not valid in utf-8.*MSH-18 is empty/);
    expect(nameIn(Buffer.from('MSH|^~\\&|LIS\rPID|1||||张三'))).toBe('张三');
  });

  it('is UTF-8 where a byte order mark says so', () => {
    const marked = Buffer.concat([Buffer.from('\ufeff'), message({ charset: 'GB18030' }, 'utf8')]);
    expect(decodeV2(marked)).toMatchObject({ charset: 'utf-8' });
    expect(decodeV2(marked).text.startsWith('MSH')).toBe(true);
    expect(refusal(iconv.encode('MSH|^~\\&|', 'utf16-le', { addBOM: true }))).toMatch(/UTF-16/);
    expect(refusal(iconv.encode('MSH|^~\\&|', 'utf16-be', { addBOM: true }))).toMatch(/UTF-16/);
  });

  it('is refused when it is unknown, without saying back what was sent', () => {
    expect(refusal(message({ charset: 'KLINGON' }, 'utf8'))).toMatch(/^syntax: MSH-18 (?!.*KLINGON)/);
    expect(refusal(message({ charset: '8859/12' }, 'utf8'))).toMatch(/^syntax: MSH-18/);
    expect(refusal(Buffer.from('PID|1'))).toMatch(/MSH/);
    expect(refusal(Buffer.alloc(0))).toMatch(/MSH/);
  });

  it('is one for the whole message', () => {
    const mixed = Buffer.concat([message({ charset: 'UNICODE UTF-8' }, 'utf8'), iconv.encode('NTE|1||张三\r', 'gbk')]);
    expect(refusal(mixed)).toMatch(/^syntax: .*utf-8.*MSH-18/);
    expect(refusal(message({ charset: 'GB18030', name: '王小明，血糖偏高' }, 'utf8'))).toMatch(/is UTF-8, but/);
    expect(refusal(message({ charset: '8859/1', name: '王小明，血糖偏高' }, 'utf8'))).toMatch(/is UTF-8, but/);
    expect(nameIn(message({ charset: 'GB18030', name: '联通' }, 'gbk'))).toBe('联通');
  });

  it('is found behind Chinese names whose second byte looks like a separator', () => {
    const looksLikeBar = decodeBytes(Buffer.of(0x8d, 0x7c), 'gb18030')!;
    const looksLikeHat = decodeBytes(Buffer.of(0x8d, 0x5e), 'gb18030')!;
    const application = looksLikeBar + looksLikeHat;
    const bytes = message({ charset: 'GB 18030-2000', application }, 'gb18030');
    expect(parseV2(decodeV2(bytes).text).header.text(3)).toBe(application);
    expect(nameIn(message({ charset: '', application }, 'gb18030'), 'GBK')).toBe('张三');
    expect(nameIn(message({ charset: 'UNICODE UTF-8', application: '某某医院' }, 'utf8'), 'GBK')).toBe('张三');
    expect(nameIn(message({ charset: '8859/1', application: 'É|'.slice(0, 1), name: 'é' }, 'latin1'))).toBe('é');
  });

  it('decides about any text of it', () => {
    const hanzi = fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCodePoint(code));
    fc.assert(fc.property(fc.string({ unit: fc.oneof(hanzi, fc.constantFrom('A', ' ', '𠮷', '€')), minLength: 1, maxLength: 8 }), fc.string({ unit: hanzi, maxLength: 4 }), (text, application) => {
      const name = `X${text}X`;
      expect(nameIn(message({ charset: 'GB 18030-2000', application, name }, 'gb18030'))).toBe(name);
      expect(nameIn(message({ charset: 'UNICODE UTF-8', application, name }, 'utf8'))).toBe(name);
    }));
  });

  it('never fails on any bytes but with an unreadable message', () => {
    const head = fc.constantFrom('', 'MSH|^~\\&|', 'MSH|^~\\&|||||||||||||||GB18030|', '\ufeffMSH|^~\\&|', 'MSH|', '\r\n MSH');
    fc.assert(fc.property(head, fc.uint8Array({ maxLength: 60 }), fc.constantFrom(undefined, 'GBK', 'nonsense'), (start, noise, fallback) => {
      const bytes = Buffer.concat([Buffer.from(start), noise]);
      expect(typeof refusal(bytes, fallback)).toBe('string');
      expect(readHeader(bytes)?.name ?? 'MSH').toBe('MSH');
    }), { numRuns: 1_000 });
  });
});

describe('writing in the character set of a message', () => {
  it.each(['gb18030', 'utf-8'] as const)('gives what is read again: %s', (charset) => {
    expect(decodeBytes(encodeText('张三 A|^~\\& €', charset), charset)).toBe('张三 A|^~\\& €');
  });

  it('gives a question mark for what it lacks', () => {
    expect(encodeText('é中', 'iso-8859-1').toString('latin1')).toBe('é?');
    expect(encodeText('é中', 'us-ascii').toString('latin1')).toBe('??');
    expect(encodeText('A𠮷', 'gb18030').toString('latin1')).toBe('A?');
  });

  it('agrees with another writer', () => {
    const text = '检验报告单：血糖偏高（复查）';
    expect(encodeText(text, 'gb18030').equals(iconv.encode(text, 'gb18030'))).toBe(true);
    expect(encodeText('Łódź', charsetOf('8859/2')!).equals(iconv.encode('Łódź', 'iso-8859-2'))).toBe(true);
  });
});

describe('the header of a message that cannot be read', () => {
  it('is read byte by byte and gives the bytes back', () => {
    const bytes = message({ charset: 'KLINGON', application: '医院' }, 'utf8');
    const header = readHeader(bytes)!;
    expect(header.text(10)).toBe('1');
    expect(Buffer.from(header.text(3), 'latin1').toString()).toBe('医院');
    expect(readHeader(Buffer.from('nonsense'))).toBeUndefined();
    expect(readHeader(Buffer.from('MSH|'))).toBeUndefined();
    expect(readHeader(Buffer.from('MSH|^~\\&|A|' + 'x'.repeat(100_000)))?.text(3)).toBe('A');
  });
});
