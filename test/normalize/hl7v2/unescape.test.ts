import { describe, expect, it } from 'vitest';
import { parseV2 } from '../../../src/normalize/hl7v2/parse.ts';
import type { Charset } from '../../../src/normalize/hl7v2/charset.ts';

function read(escaped: string, charset?: Charset, name = ''): string {
  return parseV2(`MSH|^~\\&|L|||||||||||||||${name}\rNTE|${escaped}`, undefined, charset).segments[1]!.text(1);
}

describe('escape sequences', () => {
  it.each([
    ['a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f', 'a|b^c&d~e\\f'],
    ['\\H\\high\\N\\', 'high'],
    ['a\\.br\\b', 'a\nb'], ['a\\.BR\\b', 'a\nb'], ['a\\.sp\\b', 'a\nb'], ['a\\.sp2\\b', 'a\n\nb'], ['a\\.sp+2\\b', 'a\n\nb'], ['a\\.sp 2\\b', 'a\n\nb'], ['a\\.ce\\b', 'a\nb'],
    ['a\\.sk3\\b', 'a   b'], ['a\\.ti2\\b', 'a  b'], ['a\\.ti-2\\b', 'ab'], ['a\\.in+4\\b\\.fi\\c\\.nf\\', 'abc'],
    ['\\X41\\', 'A'], ['\\X4142\\', 'AB'], ['\\XE4B8AD\\', '中'], ['\\XE4\\\\XB8\\\\XAD\\', '中'], ['a\\X0D0A\\b', 'a\r\nb'],
    ['x\\F\\\\F\\y', 'x||y'],
  ])('%j means %j', (escaped, meant) => {
    expect(read(escaped)).toBe(meant);
  });

  it.each([
    '\\Zab\\', 'c:\\temp', 'c:\\temp\\new', '\\', 'a\\', '\\\\', '\\X4\\', '\\XGG\\', '\\X\\', '\\XFF\\', '\\x41\\', '\\.sp999999999\\', '\\.zz\\', '\\C2842\\', '\\M1A2B3C\\', '\\f\\', '\\ \\', '\\P\\',
  ])('%j stays as it was sent', (text) => {
    expect(read(text)).toBe(text);
  });

  it('are still read behind a character that begins none', () => {
    expect(read('c:\\temp\\F\\x')).toBe('c:\\temp|x');
    expect(read('\\X4\\F\\')).toBe('\\X4|');
  });

  it('give bytes in the character set of the message', () => {
    expect(read('\\XD6D0\\', 'gb18030')).toBe('中');
    expect(read('\\XD6D0\\', undefined, 'GB 18030-2000')).toBe('中');
    expect(read('\\XE9\\', undefined, '8859/1')).toBe('é');
    expect(read('\\XE4B8AD\\', 'us-ascii')).toBe('中');
  });
});
