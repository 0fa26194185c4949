import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanBundle } from '../../src/fhir/bundle.ts';
import { JsonError, parseJson } from '../../src/fhir/json.ts';

const scan = (text: string | Buffer, entries = 1000) => scanBundle(Buffer.from(text), { entries });
const faultOf = (text: string | Buffer, entries?: number): JsonError => {
  try {
    Array.from(scan(text, entries).entries());
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error('The scan found no fault');
};

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });
/** The value as JSON text with white space wherever the grammar allows it. */
function spaced(value: unknown): fc.Arbitrary<string> {
  if (Array.isArray(value)) return fc.tuple(space, ...value.map(spaced)).map(([gap, ...items]) => `${gap}[${gap}${items.join(`${gap},${gap}`)}${gap}]${gap}`);
  if (typeof value !== 'object' || value === null) return space.map((gap) => gap + JSON.stringify(value) + gap);
  const members = Object.entries(value).map(([name, item]) => spaced(item).map((text) => `${JSON.stringify(name)} :${text}`));
  return fc.tuple(space, ...members).map(([gap, ...texts]) => `${gap}{${gap}${texts.join(`,${gap}`)}${gap}}${gap}`);
}

const entry = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 });
const bundle = fc.record({ resourceType: fc.constant('Bundle'), type: fc.string(), entry: fc.array(entry, { maxLength: 6 }), link: fc.jsonValue({ maxDepth: 3 }) });

describe('the Bundle scanner', () => {
  it('agrees with JSON.parse on any bundle in any layout', () => {
    fc.assert(fc.property(bundle.chain((value) => spaced(value).map((text) => ({ text }))), ({ text }) => {
      const { entry: entries, ...envelope } = JSON.parse(text) as { entry: unknown[] };
      const scanned = scan(text);
      expect(scanned.envelope).toEqual(envelope);
      expect([...scanned.entries()].map((item) => item.value)).toEqual(entries);
      expect([...scanned.entries()].map((item) => JSON.parse(item.bytes.toString()) as unknown)).toEqual(entries);
    }), { numRuns: 300 });
  });

  it('accepts exactly the texts that JSON.parse accepts', () => {
    const text = JSON.stringify({ resourceType: 'Bundle', a: [1.5e-3, -0, 'x\u0001"\\', true, null], entry: [{ resource: { value: 6.25, s: '值' } }] });
    const edit = fc.record({ at: fc.nat(text.length - 1), put: fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '0', '.', 'e', '-', '+', '\\', 'u', ' ', '\n', 'tru', '\u0000') });
    fc.assert(fc.property(edit, fc.boolean(), ({ at, put }, replaces) => {
      const mutated = text.slice(0, at) + put + text.slice(replaces ? at + 1 : at);
      let parsed: unknown;
      try { parsed = JSON.parse(mutated); } catch { expect(faultOf(mutated).reason).toBe('syntax'); return; }
      const shape = parsed as { entry?: unknown };
      const entries = Array.isArray(shape.entry) ? (shape.entry as unknown[]) : [];
      if (JSON.stringify(shape.entry) !== JSON.stringify(entries) || /"(\w+)":.*"\1":/.test(mutated)) return;
      expect(JSON.parse(JSON.stringify([...scan(mutated).entries()].map((item) => item.value)))).toEqual(entries);
    }), { numRuns: 2000 });
  });

  it('names the place of each entry and keeps the precision of its decimals', () => {
    const [first, second] = [...scan('{"entry":[{"a":1},{"resource":{"value":6.0}}],"type":"batch"}').entries()];
    expect([first?.at, second?.at]).toEqual(['Bundle.entry[0]', 'Bundle.entry[1]']);
    expect(JSON.stringify(second?.value)).toBe('{"resource":{"value":6.0}}');
  });

  it('reads an entry again by its number', () => {
    const scanned = scan('{"resourceType":"Bundle","type":"transaction","entry":[{"a":1},{"a":2}]}');
    expect(scanned.entry(1).value).toEqual({ a: 2 });
    expect([scanned.type, scanned.entryCount]).toEqual(['transaction', 2]);
  });

  it.each([
    ['{"type":"batch","type":"transaction"}', /twice/],
    ['{"type":"batch","t\\u0079pe":"transaction"}', /twice/],
    ['{"entry":[{"resource":{},"resource":{}}]}', /Bundle\.entry\[0\] has a member twice/],
    ['{"entry":{}}', /Bundle\.entry is not an array/],
    ['{"entry":[{},3]}', /Bundle\.entry\[1\] is not an object/],
    ['[]', /not an object/],
    ['', /ends too early/],
    ['{"entry":[{}', /ends too early/],
    ['{"entry":[{},]}', /Bundle\.entry\[1\]/],
    ['{} {}', /byte 3/],
    ['{"a":01}', /syntax error/],
    ['{"a":"\n"}', /syntax error/],
    ['{"a":"\\u12g4"}', /syntax error/],
  ])('refuses %s', (text, message) => {
    const fault = faultOf(text);
    expect(fault.reason).toBe('syntax');
    expect(fault.message).toMatch(message);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(faultOf(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])).message).toMatch(/UTF-8/);
  });

  it('refuses nesting beyond the limit without exhausting the stack', () => {
    expect(faultOf(`{"entry":[{"resource":${'['.repeat(200_000)}`).reason).toBe('depth');
    expect(faultOf(`{"link":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`).reason).toBe('depth');
  });

  it('refuses more entries than allowed', () => {
    expect(faultOf('{"entry":[{},{},{}]}', 2).reason).toBe('count');
  });

  it('never shows what the body holds in the message of a fault', () => {
    expect(faultOf('{"name":Zhang}').message).not.toMatch(/Zhang/);
  });

  it('keeps a member named __proto__ as data', () => {
    const scanned = scan('{"__proto__":{"polluted":true},"entry":[{"__proto__":{"polluted":true}}]}');
    expect(Object.getPrototypeOf(scanned.envelope)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(parseJson(scanned.entry(0).bytes.toString())).toEqual(scanned.entry(0).value);
  });
});
