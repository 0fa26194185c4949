import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanBundle } from '../../src/fhir/bundle.ts';
import type { Resource, ResourceKey } from '../../src/fhir/resource.ts';
import { deriveId } from '../../src/normalize/derive-id.ts';
import type { NormalizedEntry, OpenMessage } from '../../src/normalize/normalize-message.ts';
import { normalizeMessage } from '../../src/normalize/normalize-message.ts';
import { openFhir } from '../../src/open-services.ts';
import { messageIdOf, readMessage } from '../../src/normalize/fhir/read-message.ts';

const NUMBERS = 'https://x.example/number';
const sender = { id: 'x', patientNumberSystem: NUMBERS, offset: '+08:00', organization: { id: 'registered', uscc: 'USCC1' } };
const registry = { organizations: new Map([['USCC1', 'registered'], ['USCC2', 'other']]), base: 'https://hie.example/fhir' };
const { definitions } = await openFhir();
const MOST = 20_000;

function open(message: unknown): OpenMessage {
  const bytes = Buffer.from(JSON.stringify(message));
  return normalizeMessage(readMessage(scanBundle(bytes, { entries: MOST }), bytes), { sender, registry, definitions });
}

function normalize(message: unknown, found: ReadonlyMap<string, ResourceKey> = new Map()): { entries: readonly NormalizedEntry[]; faults: readonly { issue: { diagnostics: string; expression?: string } }[] } {
  return open(message).finish(found);
}

const collection = (...entry: object[]): object => ({ resourceType: 'Bundle', type: 'collection', entry });
const idOf = (resource: object, entry: object = {}): string | undefined => normalize(collection({ resource, ...entry })).entries[0]?.resource.id;
const by = (kind: 'identifier' | 'id' | 'url' | 'content', value: string, type = 'Patient'): string => deriveId('x', type, { kind, value });

describe('the id of a record', () => {
  it('comes from its patient number before any other number, and from the number of the person last', () => {
    const rid = { system: 'urn:oid:2.16.156.10011.1.3', value: 'R' };
    const other = { system: 'https://x.example/card', value: 'C' };
    const number = { system: NUMBERS, value: 'N' };
    expect(idOf({ resourceType: 'Patient', id: 'own', identifier: [rid, other, number] })).toBe(by('identifier', `${NUMBERS}|N`));
    expect(idOf({ resourceType: 'Patient', id: 'own', identifier: [rid, other] })).toBe(by('identifier', 'https://x.example/card|C'));
    expect(idOf({ resourceType: 'Patient', id: 'own', identifier: [rid] })).toBe(by('identifier', 'urn:oid:2.16.156.10011.1.3|R'));
  });

  it('does not come from an old or temporary number, nor from one without system', () => {
    const identifier = [{ value: 'N' }, { system: NUMBERS, value: 'N', use: 'temp' }, { system: NUMBERS, value: 'M', use: 'old' }];
    expect(idOf({ resourceType: 'Patient', id: 'own', identifier })).toBe(by('id', 'own'));
  });

  it('comes from its own id, then from its fullUrl, then from what it says', () => {
    expect(idOf({ resourceType: 'Patient', id: 'own' }, { fullUrl: 'urn:uuid:1' })).toBe(by('id', 'own'));
    expect(idOf({ resourceType: 'Patient' }, { fullUrl: 'urn:uuid:1' })).toBe(by('url', 'urn:uuid:1'));
    const said = { resourceType: 'Patient', gender: 'female' };
    expect(idOf(said)).toBe(by('content', JSON.stringify(said)));
  });

  it('comes from the address of a PUT, and never from the placeholder of a POST', () => {
    const transaction = (request: object): object => ({ resourceType: 'Bundle', type: 'transaction', entry: [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' }, request }] });
    expect(normalize(transaction({ method: 'PUT', url: 'Patient/own' })).entries[0]?.resource.id).toBe(by('id', 'own'));
    expect(normalize(transaction({ method: 'POST', url: 'Patient' })).entries[0]?.resource.id).toBe(by('content', '{"resourceType":"Patient"}'));
  });

  it('tells two sources apart that use the same number, and two types', () => {
    expect(deriveId('x', 'Patient', { kind: 'id', value: '1' })).not.toBe(deriveId('y', 'Patient', { kind: 'id', value: '1' }));
    expect(deriveId('x', 'Patient', { kind: 'id', value: '1' })).not.toBe(deriveId('x', 'Group', { kind: 'id', value: '1' }));
  });

  it('of the sender\'s institution is its registered one; that of another institution it cannot reach', () => {
    expect(idOf({ resourceType: 'Organization', identifier: [{ system: 's', value: 'USCC1' }] })).toBe('registered');
    expect(idOf({ resourceType: 'Organization', identifier: [{ system: 's', value: 'USCC2' }] })).toBe(by('identifier', 's|USCC2', 'Organization'));
  });

  it.each([
    ['of one identity', [{ resource: { resourceType: 'Patient', id: '1' } }, { resource: { resourceType: 'Patient', id: '1' } }], 'Bundle.entry[1].resource', 'the same Patient as Bundle.entry[0].resource'],
    ['of one fullUrl', [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: '1' } }, { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: '2' } }], 'Bundle.entry[1].fullUrl', 'same fullUrl'],
    ['of one own id', [{ resource: { resourceType: 'Patient', id: '1', identifier: [{ system: 's', value: '1' }] } }, { resource: { resourceType: 'Patient', id: '1', identifier: [{ system: 's', value: '2' }] } }], 'Bundle.entry[1].resource.id', 'same type and id'],
  ])('is given once: two entries %s are a fault that names both', (_what, entries, expression, cause) => {
    const [fault] = normalize(collection(...entries)).faults;
    expect(fault?.issue).toMatchObject({ code: 'duplicate', expression });
    expect(fault?.issue.diagnostics).toContain(cause);
  });

  it('does not depend on the placeholders of nameless records that refer to each other', () => {
    const message = (a: string, b: string): object => ({
      resourceType: 'Bundle', type: 'transaction',
      entry: [
        { fullUrl: a, resource: { resourceType: 'Patient', gender: 'male' }, request: { method: 'POST', url: 'Patient' } },
        { fullUrl: b, resource: { resourceType: 'Observation', subject: { reference: a } }, request: { method: 'POST', url: 'Observation' } },
        { fullUrl: `${b}1`, resource: { resourceType: 'Observation', subject: { reference: a }, hasMember: [{ reference: b }] }, request: { method: 'POST', url: 'Observation' } },
      ],
    });
    const first = normalize(message('urn:uuid:a', 'urn:uuid:b'));
    const second = normalize(message('urn:uuid:c', 'urn:uuid:d'));
    expect(second.entries).toEqual(first.entries);
    expect(new Set(first.entries.map((entry) => entry.resource.id)).size).toBe(3);
    expect(first.faults).toEqual([]);
  });

  const posted = (url: string, resource: object): object => ({ fullUrl: url, resource, request: { method: 'POST', url: 'Location' } });
  const location = (url: string, name: string, partOf?: string): object => posted(url, { resourceType: 'Location', name, ...(partOf === undefined ? {} : { partOf: { reference: partOf } }) });
  const idsOf = (...entry: object[]): readonly (string | undefined)[] => {
    const { entries, faults } = normalize({ resourceType: 'Bundle', type: 'transaction', entry });
    expect(faults).toEqual([]);
    return entries.map(({ resource }) => resource.id);
  };

  it('without a name is that of its content and of the content of all that it leads to, however far', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.boolean(), (steps, reversed) => {
      const chain = (mark: string, building: string): object[] => Array.from({ length: steps + 1 }, (_, step) => (step === steps
        ? location(`urn:${mark}${step}`, building) : location(`urn:${mark}${step}`, `level ${step}`, `urn:${mark}${step + 1}`)));
      const ordered = (entries: object[]): object[] => (reversed ? entries.reverse() : entries);
      const both = idsOf(...ordered([...chain('n', 'North'), ...chain('s', 'South')]));
      expect(new Set(both).size).toBe(2 * (steps + 1));
      expect(new Set([...idsOf(...ordered(chain('x', 'North'))), ...idsOf(...ordered(chain('y', 'South')))])).toEqual(new Set(both));
    }));
  });

  it('without a name in a ring is that of the whole ring', () => {
    const ring = (names: readonly string[]): readonly (string | undefined)[] => idsOf(...names.map((name, place) => location(`urn:${place}`, name, `urn:${(place + 1) % names.length}`)));
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 8 }), fc.nat(), (names, turn) => {
      const ids = ring(names);
      expect(new Set(ids).size).toBe(names.length);
      const turned = [...names.slice(turn % names.length), ...names.slice(0, turn % names.length)];
      expect(new Set(ring(turned))).toEqual(new Set(ids));
      const other = ring([`not ${names.join('')}`, ...names.slice(1)]);
      expect(other.filter((id) => ids.includes(id))).toEqual([]);
    }));
  });

  it('without a name stays as it was first derived where one step or a pair leads to others', () => {
    expect(idsOf(location('urn:a', 'bed', 'urn:b'), location('urn:b', 'ward'))).toEqual(['8dd0fe27adcb55d99c6c7bc59b8cf5b4', 'fcd89fd730b177f17b46c9c187b051f8']);
    expect(idsOf(location('urn:a', 'bed', 'urn:b'), location('urn:b', 'ward', 'urn:a'))).toEqual(['17fd5e00a746913c603069893c977a6e', '9370afd8858d435f5a3b7a245f1f53cf']);
    expect(idsOf(location('urn:a', 'bed', 'urn:a'))).toEqual(['e640b8fc113ab9dc234675143072de59']);
  });

  it.each([['chain', undefined], ['ring', 'urn:0']])('without a name is found in the longest %s that a message can hold', (_what, end) => {
    const entries = Array.from({ length: MOST }, (_, step) => location(`urn:${step}`, `level ${step}`, step + 1 < MOST ? `urn:${step + 1}` : end));
    expect(new Set(idsOf(...entries)).size).toBe(MOST);
  });
});

describe('a reference', () => {
  const target = { fullUrl: 'https://emr.example/fhir/Patient/1', resource: { resourceType: 'Patient', id: '1', identifier: [{ system: NUMBERS, value: 'N' }] } };
  const derived = `Patient/${by('identifier', `${NUMBERS}|N`)}`;
  const referring = (subject: object, more: object = {}): Resource | undefined => normalize(collection(target, { resource: { resourceType: 'Observation', id: 'o', subject, ...more } })).entries[1]?.resource;

  it.each([
    ['its fullUrl', 'https://emr.example/fhir/Patient/1'], ['its own id', 'Patient/1'], ['a version of it', 'Patient/1/_history/3'],
    ['its address in the exchange, where it goes by that id', 'https://HIE.example:443/fhir/Patient/1'], ['a condition on its identifier', `Patient?identifier=${NUMBERS}|N`],
  ])('by %s is led to the derived id', (_what, reference) => {
    expect(referring({ reference })?.['subject']).toEqual({ reference: derived });
  });

  it('by identifier gets the literal reference beside it', () => {
    const identifier = { system: NUMBERS, value: 'N' };
    expect(referring({ identifier })?.['subject']).toEqual({ reference: derived, identifier });
  });

  it('to a contained resource, to the outside or by an unknown identifier stays', () => {
    const identifier = { system: 'https://elsewhere.example', value: 'N' };
    const resource = referring({ reference: '#c' }, { contained: [{ resourceType: 'Patient', id: 'c' }], device: { reference: 'https://elsewhere.example/x' }, specimen: { reference: 'https://elsewhere.example/fhir/Patient/1' }, performer: [{ identifier }] });
    expect(resource).toMatchObject({ subject: { reference: '#c' }, device: { reference: 'https://elsewhere.example/x' }, specimen: { reference: 'https://elsewhere.example/fhir/Patient/1' }, performer: [{ identifier }] });
  });

  it('by another uri than Reference.reference is led there too', () => {
    const attachment = referring({ reference: 'Patient/1' }, { extension: [{ url: 'https://x.example/e', valueUrl: 'https://emr.example/fhir/Patient/1' }] });
    expect(JSON.stringify(attachment)).toContain(`"valueUrl":"${derived}"`);
  });

  it('by the credit code of a registered institution leads to it', () => {
    expect(referring({ reference: 'Patient/1' }, { performer: [{ identifier: { system: 's', value: 'USCC2' } }] })?.['performer']).toMatchObject([{ reference: 'Organization/other' }]);
  });

  it('to what came before asks for it by alias, by derived id and by the id of the exchange', () => {
    const { lookups } = open(collection({ resource: { resourceType: 'Observation', id: 'o', subject: { reference: 'Patient/9' } } }));
    expect(lookups).toEqual([{ name: 'Patient/9', keys: [{ type: 'SourceAlias', id: by('id', '9') }, { type: 'Patient', id: by('id', '9') }, { type: 'Patient', id: '9' }], mustExist: true }]);
  });

  it('that leads nowhere is a fault that names the place and quotes nothing', () => {
    const { faults } = normalize(collection({ resource: { resourceType: 'Observation', id: 'o', subject: { reference: 'Patient/310101196001010028' }, performer: [{ reference: 'urn:uuid:7' }] } }));
    expect(faults.map(({ issue }) => issue.expression)).toEqual(['Bundle.entry[0].resource.subject.reference', 'Bundle.entry[0].resource.performer[0].reference']);
    expect(JSON.stringify(faults)).not.toContain('310101');
  });
});

describe('a local time', () => {
  it('gets the offset of its source, and seconds where they are missing', () => {
    const resource = { resourceType: 'Observation', id: 'o', issued: '2026-03-01T08:00:00.5', effectiveDateTime: '2026-03-01T08:00', valueString: '2026-03-01T08:00', note: [{ time: '2026-03-01T08:00', text: '2026-03-01T08:00' }] };
    expect(normalize(collection({ resource })).entries[0]?.resource).toMatchObject({ issued: '2026-03-01T08:00:00.5+08:00', effectiveDateTime: '2026-03-01T08:00:00+08:00', valueString: '2026-03-01T08:00', note: [{ time: '2026-03-01T08:00:00+08:00', text: '2026-03-01T08:00' }] });
  });

  it('with an offset, and a date, stay as they are', () => {
    const resource = { resourceType: 'Observation', id: 'o', issued: '2026-03-01T08:00:00Z', effectiveDateTime: '2026-03-01' };
    expect(normalize(collection({ resource })).entries[0]?.resource).toMatchObject({ issued: '2026-03-01T08:00:00Z', effectiveDateTime: '2026-03-01' });
  });
});

describe('the id of a message', () => {
  const idIn = (body: object): string | undefined => messageIdOf(scanBundle(Buffer.from(JSON.stringify(body)), { entries: 10 }));

  it('is the identifier of the Bundle, the id of its MessageHeader, or its own id', () => {
    const header = { resource: { resourceType: 'MessageHeader', id: 'h' } };
    expect(idIn({ resourceType: 'Bundle', type: 'message', id: 'b', identifier: { system: 's', value: 'v' }, entry: [header] })).toBe('s|v');
    expect(idIn({ resourceType: 'Bundle', type: 'message', id: 'b', entry: [header] })).toBe('h');
    expect(idIn({ resourceType: 'Bundle', type: 'collection', id: 'b', entry: [header] })).toBe('b');
    expect(idIn({ resourceType: 'Patient', id: 'p' })).toBeUndefined();
  });
});

describe('any message', () => {
  it('is normalised or refused without a throw, and its faults point into it', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const resource = fc.record({ resourceType: fc.constantFrom('Patient', 'Observation', 'x'), id: json, identifier: json, meta: json, subject: fc.record({ reference: fc.oneof(fc.string(), json) }) }, { requiredKeys: [] });
    const entry = fc.record({ fullUrl: json, resource: fc.oneof(resource, json), request: fc.record({ method: fc.constantFrom('POST', 'PUT', 'GET', 'DELETE'), url: fc.string() }) }, { requiredKeys: [] });
    const bundle = fc.record({ resourceType: fc.constant('Bundle'), type: fc.constantFrom('transaction', 'batch', 'collection', 'message', 'document', 'x'), entry: fc.array(entry, { maxLength: 5 }) });
    fc.assert(fc.property(bundle, (message) => {
      const { entries, faults } = normalize(message);
      for (const { issue } of faults) expect(issue.expression).toMatch(/^Bundle\./);
      for (const one of entries) expect(one.resource.id).toMatch(/^[0-9a-f]{32}$/);
    }), { numRuns: 500 });
  });
});
