import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, parseJson, parseKnownJson } from '../../src/fhir/json.ts';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength: 20 });
const whole = fc.oneof(fc.constant('0'), digits.map((text) => `1${text}`));
const numeral = fc.tuple(fc.constantFrom('', '-'), whole, fc.option(digits, { nil: '' }), fc.constantFrom('', 'e5', 'E-7', 'e+0'))
  .map(([sign, integer, fraction, exponent]) => `${sign}${integer}${fraction === '' ? '' : `.${fraction}`}${exponent}`);
const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '\0', '\0x'));
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    numeral, fc.string().map((value) => JSON.stringify(value)), fc.constantFrom('true', 'false', 'null', '"\\u0000 6.0"'),
    fc.array(tie('text'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.uniqueArray(fc.tuple(name, tie('text')), { maxLength: 4, selector: ([key]) => key }).map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
}));

describe('parsing JSON', () => {
  it('gives back every text as it was, but for the order of numeric names', () => {
    fc.assert(fc.property(text.filter((sent) => !/"\d+":/.test(sent)), (sent) => {
      expect(JSON.stringify(parseJson(sent))).toBe(sent);
    }), { numRuns: 2000 });
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const edit = fc.record({ at: fc.nat(60), put: fc.constantFrom('', '1.50', '6.0', '01.0', '-', ':', '"', ',', '{', '\\u0000', '.', 'e') });
    const base = '{"a":[1.50,"x",{"b":6.0}],"c":0.10,"d":"2.50","f":[],"g":{}}';
    fc.assert(fc.property(edit, fc.boolean(), ({ at, put }, replaces) => {
      const sent = base.slice(0, at) + put + base.slice(replaces ? at + put.length : at);
      let expected: unknown;
      try { expected = JSON.parse(sent); } catch { expect(() => parseJson(sent)).toThrow(JsonError); return; }
      expect(JSON.parse(JSON.stringify(parseJson(sent)))).toEqual(expected);
    }), { numRuns: 3000 });
  });

  it('takes a member called __proto__ as data, also when it is a number', () => {
    const parsed = parseJson('{"__proto__":1.50}');
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(JSON.stringify(parsed)).toBe('{"__proto__":1.50}');
  });

  it('refuses a text that names a member of an object twice, however deep and however it is written', () => {
    const where = fc.constantFrom<(object: string) => string>((object) => object, (object) => `[1.50,${object}]`, (object) => `{"a":{"b":[${object}]},"c":"x:y"}`);
    fc.assert(fc.property(name, text, text, where, (twice, first, second, around) => {
      const escaped = Array.from({ length: twice.length }, (_, at) => `\\u${twice.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
      for (const again of [JSON.stringify(twice), `"${escaped}"`]) {
        expect(() => parseJson(around(`{${JSON.stringify(twice)}:${first},"between":0,${again}:${second}}`))).toThrow('names one member of an object twice');
      }
    }), { numRuns: 500 });
  });

  it('reads a name with an escape as it is, whatever name an object before it had in its place', () => {
    const before = ['{"q":1,"\\\\":2}', '{"r":1,"a\\\\":2}', '{"s":1,"\ue0000":2}'].map((text) => JSON.parse(text) as unknown);
    expect(before).toHaveLength(3);
    for (const parse of [parseJson, parseKnownJson]) {
      expect(Object.keys(parse('{"q":10,"\\u0041":true}') as object)).toEqual(['q', 'A']);
      expect(Object.keys(parse('{"r":10,"a\\"":true}') as object)).toEqual(['r', 'a"']);
      expect(JSON.stringify(parse('[{"s":1.50,"\ue0000":"\\u0000 6.0"},{"\\n":{"\\t":6.0},"\\n1":[]}]'))).toBe('[{"s":1.50,"\ue0000":"\\u0000 6.0"},{"\\n":{"\\t":6.0},"\\n1":[]}]');
    }
  });

  it('names the place of a fault behind and in a name with an escape', () => {
    expect(() => parseJson('{"\\u0041":1.50,\n"b":2.50 "c":1}')).toThrow(/line 2, column 10/);
    expect(() => parseJson('{"\\u0041":1,\n"\\q":1}')).toThrow(/line 2, column 3/);
    expect(() => parseJson('{"a\\n":{1.50:2}}')).toThrow(JsonError);
  });

  it('reads a known text without that question', () => {
    expect(parseKnownJson('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('names the place of a fault in the text that was sent', () => {
    expect(() => parseJson('{"a":1.50,\n"b":2.50 "c":1}')).toThrow(/line 2, column 10/);
    expect(() => parseJson('{1.50:2}')).toThrow(JsonError);
  });
});
