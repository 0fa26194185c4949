import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/fhir/json.ts';
import { primitiveCheck } from '../../../src/fhir/validation/primitive.ts';

const CASES: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
  boolean: { good: [true, false], bad: ['true', 1, 0, null, {}] },
  integer: { good: [0, -1, 2147483647, -2147483648], bad: [2147483648, -2147483649, 1.5, '1', parseJson('1.0'), parseJson('1e2'), parseJson('-0'), Number.NaN] },
  unsignedInt: { good: [0, 2147483647], bad: [-1, 2147483648, 0.5, '0'] },
  positiveInt: { good: [1, 2147483647], bad: [0, -1, 2147483648] },
  decimal: { good: [0, -1.5, 1e21, parseJson('6.0'), parseJson('0.00001')], bad: ['6.0', null, Number.POSITIVE_INFINITY, parseJson('1e999')] },
  string: { good: ['a', ' ', 'a\r\n\tb', '张　三', '😀', 'a'.repeat(1024 * 1024)], bad: ['', 1, 'a\u0000', 'a\u0007b', '\u001b[0m', 'a'.repeat(1024 * 1024 + 1)] },
  markdown: { good: ['# a\n\n* b'], bad: ['', 'a\u0001', 1] },
  code: { good: ['final', 'a b', '10*9/L', '阴性'], bad: ['', ' final', 'final ', 'a  b', 'a \tb', 1] },
  id: { good: ['a', 'A-1.b', 'a'.repeat(64)], bad: ['', 'a'.repeat(65), 'a_b', 'a/b', '张', 'a b'] },
  uri: { good: ['https://a.example/b', 'urn:oid:1.2.3', 'relative', '#fragment', 'https://a.example/张'], bad: ['', 'a b', 'a\nb', 1] },
  url: { good: ['https://a.example'], bad: ['', 'https://a .example'] },
  canonical: { good: ['https://a.example/ValueSet/b|1.0'], bad: ['', 'a b'] },
  oid: { good: ['urn:oid:1.2.3', 'urn:oid:2.16.840.1.113883'], bad: ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1', 'urn:oid:1.2.'] },
  uuid: { good: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'], bad: ['c757873d-ec9a-4326-a141-556f43239520', 'urn:uuid:C757873D-EC9A-4326-A141-556F43239520', 'urn:uuid:c757873d'] },
  base64Binary: { good: ['YQ==', 'YWI=', 'YWJj', 'YW\nJj', 'YWJj '], bad: ['', 'a', 'YQ=', 'YQ===', '====', 'Y!==', ' ', 1] },
  date: { good: ['2026', '2026-02', '2024-02-29', '0001-01-01', '9999-12-31'], bad: ['2026-02-29', '2026-13', '2026-00-01', '2026-1-1', '26', '0000', '2026-04-31', '2026-01-01T00:00:00Z', '20260101', ''] },
  dateTime: {
    good: ['2026', '2026-02', '2026-02-28', '2026-02-28T23:59:59+08:00', '2026-02-28T23:59:60Z', '2026-02-28T00:00:00.123456Z', '2026-02-28T00:00:00-14:00'],
    bad: ['2026-02-29', '2026-02-28T10:00:00', '2026-02-28T10:00Z', '2026-02-28T24:00:00Z', '2026-02-28T23:60:00Z', '2026-02-28T23:59:61Z', '2026-02-28T10:00:00+14:01', '2026-02-28T10:00:00+08', '2026-02-28 10:00:00Z', '2026-02T10:00:00Z', '2026-02-28T10:00:00z'],
  },
  instant: { good: ['2026-02-28T10:00:00Z', '2026-02-28T10:00:00.123+08:00'], bad: ['2026-02-28', '2026-02-28T10:00:00', '2026-02-30T10:00:00Z', '2026-02-28T10:00Z'] },
  time: { good: ['00:00:00', '23:59:59.999', '12:00:60'], bad: ['24:00:00', '12:00', '12:60:00', '12:00:61', '12:00:00Z', '1:00:00'] },
};

describe.each(Object.entries(CASES))('a value of type %s', (type, { good, bad }) => {
  const check = primitiveCheck(type);
  it.each(good.map((value) => [value]))('may be %j', (value) => {
    expect(check(value)).toBeUndefined();
  });
  it.each(bad.map((value) => [value]))('must not be %j', (value) => {
    expect(check(value)?.text).toMatch(/^(must|is) /);
  });
});

describe('the checks of primitives', () => {
  it('look at large attachments in one pass', () => {
    const large = 'QUJD'.repeat(2_000_000);
    expect(primitiveCheck('base64Binary')(large)).toBeUndefined();
    expect(primitiveCheck('base64Binary')(`${large}!!!!`)?.code).toBe('value');
  });

  it('exist for primitive types only', () => {
    expect(() => primitiveCheck('Quantity')).toThrow('Quantity is not a primitive type');
  });
});
