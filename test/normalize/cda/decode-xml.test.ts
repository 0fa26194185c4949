import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeXml } from '../../../src/normalize/cda/decode-xml.ts';
import { UnreadableMessage } from '../../../src/normalize/message.ts';

const TEXT = '<a>霁明医院 μmol/L</a>';
const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>${TEXT}`;
const inEncoding = (text: string, encoding: string, bom = false): Buffer => iconv.encode(text, encoding, { addBOM: bom });

describe('the text of a document', () => {
  it.each([
    ['UTF-8 without a declaration', inEncoding(TEXT, 'utf8')],
    ['UTF-8 with a byte order mark', inEncoding(TEXT, 'utf8', true)],
    ['UTF-8 as declared, in either case', inEncoding(declared('utf-8'), 'utf8')],
    ['GB18030 as declared', inEncoding(declared('GB18030'), 'gb18030')],
    ['GBK as declared', inEncoding(declared('gbk'), 'gbk')],
    ['GB2312 as declared', inEncoding(declared('GB2312'), 'gb2312')],
    ['UTF-16 little endian with a byte order mark', inEncoding(declared('UTF-16'), 'utf-16le', true)],
    ['UTF-16 big endian with a byte order mark', inEncoding(declared('UTF-16'), 'utf-16be', true)],
    ['UTF-16 without a byte order mark', inEncoding(declared('UTF-16'), 'utf-16le')],
  ])('is read from %s', (_name, bytes) => {
    expect(decodeXml(bytes).replace(/^<\?.*\?>/, '')).toBe(TEXT);
  });

  it('is read with its single quotes and line breaks in the declaration', () => {
    expect(decodeXml(inEncoding(`<?xml version='1.0'\n  encoding='GBK'\n?>${TEXT}`, 'gbk'))).toContain('霁明医院');
  });

  it.each([
    ['an encoding that is not taken in', inEncoding(declared('ISO-8859-1'), 'latin1'), /other than UTF-8/],
    ['UTF-16 declared in bytes that are not', inEncoding(declared('UTF-16'), 'utf8'), /says UTF-16/],
    ['UTF-8 declared behind a mark of UTF-16', inEncoding(declared('UTF-8'), 'utf-16le', true), /another encoding/],
    ['GBK declared behind a mark of UTF-8', inEncoding(declared('GBK'), 'utf8', true), /another encoding/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), /UTF-32/],
    ['GBK without a declaration', inEncoding(TEXT, 'gbk'), /not UTF-8/],
    ['bytes that are not of the declared encoding', Buffer.concat([Buffer.from(declared('GB18030')), Buffer.from([0xff])]), /not GB18030/],
    ['half a character of UTF-16', Buffer.concat([inEncoding(declared('UTF-16'), 'utf-16le', true), Buffer.from([0x3c])]), /not UTF-16/],
  ])('is refused for %s', (_name, bytes, message) => {
    expect(() => decodeXml(bytes)).toThrow(UnreadableMessage);
    expect(() => decodeXml(bytes)).toThrow(message);
  });
});
