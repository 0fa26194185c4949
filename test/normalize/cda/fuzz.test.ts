import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { readCda } from '../../../src/normalize/cda/read-cda.ts';
import type { SentMessage } from '../../../src/normalize/message.ts';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { normalizeMessage } from '../../../src/normalize/index.ts';
import { documentOf, item, SENDER, st, stated, studies } from './documents.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const texts = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.in.xml')).sort().map((file) => readFileSync(path.join(FIXTURES, file), 'utf8'));
const registry = { organizations: new Map<string, string>(), base: undefined };
const someText = fc.nat({ max: texts.length - 1 });

/** Reads all that can be read, to the last place; whatever else is thrown fails the test. */
function readWhole(bytes: Buffer): SentMessage | undefined {
  try {
    const message = readCda(bytes, SENDER, CDA_LIMITS).read();
    for (const { origin } of message.entries) expect(Object.values(origin?.elements ?? {}).every((place) => place.startsWith('/ClinicalDocument'))).toBe(true);
    const { faults } = normalizeMessage(message, { sender: SENDER, registry, definitions: { structures: new Map() } }).finish(new Map());
    // Whatever a document says twice, it makes one record of it or tells two apart.
    expect(faults.filter(({ issue }) => issue.code === 'duplicate' || issue.code === 'not-found')).toEqual([]);
    return message;
  } catch (error) {
    if (error instanceof UnreadableMessage) return undefined;
    throw error;
  }
}

function expectPlaces(message: SentMessage | undefined): void {
  for (const { issue } of message?.faults ?? []) expect(issue.location).toMatch(/^\/ClinicalDocument/);
}

/** Where the tags of a text begin and end. */
function tagsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/<[^>]*>/g)].map((tag) => ({ start: tag.index, end: tag.index + tag[0].length }));
}

describe('a document with', () => {
  it('any bytes changed is read, refused as unreadable, or at fault in places', () => {
    const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(someText, changes, (which, bytes) => {
      const changed = Buffer.from(texts[which]!);
      for (const [place, value] of bytes) changed[Math.floor(place * (changed.length - 1))] = value;
      expectPlaces(readWhole(changed));
    }), { numRuns: 300 });
  });

  it('elements dropped, doubled or renamed is read, refused as unreadable, or at fault in places', () => {
    const names = fc.constantFrom('observation', 'organizer', 'entry', 'section', 'component', 'value', 'code', 'id', 'effectiveTime', 'patient', 'text', 'entryRelationship', 'low');
    const kinds = fc.constantFrom<'drop' | 'double' | 'rename'>('drop', 'double', 'rename');
    fc.assert(fc.property(someText, fc.record({ name: names, other: names, kind: kinds, nth: fc.nat() }), (which, { name, other, kind, nth }) => {
      const text = texts[which]!;
      const whole = new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>(?:(?!<${name}[\\s>/])[\\s\\S])*?</${name}>)`, 'g');
      const found = [...text.matchAll(whole)];
      const one = found[nth % Math.max(1, found.length)];
      if (one === undefined) return;
      const instead = kind === 'drop' ? '' : kind === 'double' ? one[0] + one[0] : one[0].replaceAll(new RegExp(`(</?)${name}(?=[\\s/>])`, 'g'), `$1${other}`);
      const message = readWhole(Buffer.from(text.slice(0, one.index) + instead + text.slice(one.index + one[0].length)));
      expect(message).toBeDefined();
      expectPlaces(message);
    }), { numRuns: 400 });
  });

  it('any value of any attribute is read, or at fault in places', () => {
    const values = fc.oneof(fc.constantFrom('', ' ', '-', 'null', '0', '20250230', '99999999999999', '<0', '1e999', '..', '2.16.156.10011.1.3', 'urn:oid:x', '__proto__', 'constructor', '霁'.repeat(300), 'a  b'), fc.string({ maxLength: 20 }));
    fc.assert(fc.property(someText, fc.nat(), values, (which, nth, value) => {
      const text = texts[which]!;
      const attributes = [...text.matchAll(/ (?:value|code|codeSystem|root|extension|displayName|xsi:type|unit|typeCode)="([^"]*)"/g)];
      const one = attributes[nth % attributes.length];
      if (one === undefined) return;
      const escaped = value.replace(/[&<>"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/gu, '');
      expectPlaces(readWhole(Buffer.from(text.slice(0, one.index) + one[0].replace(/"[^"]*"$/, () => `"${escaped}"`) + text.slice(one.index + one[0].length))));
    }), { numRuns: 500 });
  });

  it('tags moved about is read, refused as unreadable, or at fault in places', () => {
    fc.assert(fc.property(someText, fc.nat(), fc.nat(), (which, from, to) => {
      const text = texts[which]!;
      const tags = tagsOf(text);
      const [a, b] = [tags[from % tags.length]!, tags[to % tags.length]!];
      const moved = text.slice(a.start, a.end);
      const without = text.slice(0, a.start) + text.slice(a.end);
      expectPlaces(readWhole(Buffer.from(without.slice(0, Math.min(b.start, without.length)) + moved + without.slice(Math.min(b.start, without.length)))));
    }), { numRuns: 300 });
  });
});

/** Each of these once took longer than anyone waits. */
describe('a document that says one thing without end is read to its end:', () => {
  const many = (count: number, of: (n: number) => string): string => Array.from({ length: count }, (_, n) => of(n)).join('');
  const judged = (words: string): string => item('A', '<value xsi:type="REAL" value="1"/>', { more: stated('DE04.30.017.00', st(words)) });
  it.each([
    ['results one after another', documentOf({ body: `<component><section>${many(20_000, (n) => `<entry>${stated('DE04.30.019.00', st(`A${n}`))}</entry>`)}</section></component>` })],
    ['faults', documentOf({ body: `<component><section>${many(20_000, () => `<entry>${stated('DE04.30.015.00', '<value value="1"/>')}</entry>`)}</section></component>` })],
    ['numbers of the patient', documentOf({ ids: many(90_000, (n) => `<id root="2.16.156.10011.1.19" extension="${n}"/>`) })],
    ['denials of allergies', documentOf({ template: '2.16.156.10011.2.1.1.22', body: studies(stated('DE02.10.022.00', st(`${'过敏史药药物'.repeat(20_000)}x`))) })],
    ['judgements', documentOf({ body: studies(judged('危急'.repeat(200_000))) })],
    ['statements within each other', documentOf({ body: studies(...Array.from({ length: 500 }, () => many(28, () => '<observation><entryRelationship>') + many(28, () => '</entryRelationship></observation>'))) })],
  ])('%s', (_name, text) => {
    expectPlaces(readWhole(Buffer.from(text)));
  });
});

describe('anything at all', () => {
  it('is read or refused as unreadable', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readWhole(Buffer.from(bytes));
    }));
  });
});
