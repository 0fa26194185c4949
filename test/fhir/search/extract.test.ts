import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/fhir/json.ts';
import type { JsonObject, Resource } from '../../../src/fhir/resource.ts';
import { createExtractor } from '../../../src/fhir/search/extract.ts';
import { createSearchParameters } from '../../../src/fhir/search/registry.ts';
import { EARLIEST_MS, LATEST_MS, type IndexTerms } from '../../../src/fhir/search/terms.ts';
import { definitions } from '../definitions.ts';

const extract = createExtractor(definitions, { baseUrl: 'https://bund.example/fhir' });

function termsOf(resourceType: string, members: JsonObject): IndexTerms {
  return extract({ resourceType, ...members });
}

/** Tokens of one parameter as `system|code`. */
function tokens(terms: IndexTerms, param: string): string[] {
  return terms.token.filter((term) => term.param === param).map((term) => `${term.system}|${term.code}`);
}

function strings(terms: IndexTerms, param: string): string[] {
  return terms.string.filter((term) => term.param === param).map((term) => term.folded);
}

/** References of one parameter as `Type/id` or URL. */
function references(terms: IndexTerms, param: string): string[] {
  return terms.reference.filter((term) => term.param === param).map((term) => (term.url === '' ? `${term.type}/${term.id}` : term.url));
}

function dates(terms: IndexTerms, param: string): string[] {
  const show = (ms: number) => (ms === EARLIEST_MS || ms === LATEST_MS ? '*' : new Date(ms).toISOString());
  return terms.date.filter((term) => term.param === param).map((term) => `${show(term.start)}..${show(term.end)}`);
}

describe('tokens', () => {
  it('come from every coding of a CodeableConcept, without repetition', () => {
    const terms = termsOf('Observation', { code: { coding: [{ system: 'http://loinc.org', code: '718-7' }, { system: 'urn:local', code: 'HGB' }, { code: 'bare' }, { system: 'urn:only' }, { display: 'nothing' }, { system: 'urn:local', code: 'HGB' }] } });
    expect(tokens(terms, 'code')).toEqual(['http://loinc.org|718-7', 'urn:local|HGB', '|bare', 'urn:only|']);
  });

  it('come from codes, booleans, Codings, Identifiers and ContactPoints', () => {
    const terms = termsOf('Patient', {
      meta: { tag: [{ system: 'urn:tag', code: 't' }], security: [{ system: 'urn:sec', code: 'R' }] },
      identifier: [{ system: 'urn:oid:1', value: '42' }, { value: 'no-system' }, { system: 'urn:oid:2' }],
      active: false, gender: 'female', telecom: [{ system: 'phone', value: '021-1' }, { system: 'email', value: 'a@b.example' }],
    });
    expect(tokens(terms, 'identifier')).toEqual(['urn:oid:1|42', '|no-system', 'urn:oid:2|']);
    expect([tokens(terms, 'active'), tokens(terms, 'gender'), tokens(terms, '_tag'), tokens(terms, '_security')]).toEqual([['|false'], ['|female'], ['urn:tag|t'], ['urn:sec|R']]);
    expect([tokens(terms, 'phone'), tokens(terms, 'telecom')]).toEqual([['phone|021-1'], ['phone|021-1', 'email|a@b.example']]);
  });

  it('of an Identifier with a type are also found by :of-type', () => {
    const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] };
    expect(tokens(termsOf('Patient', { identifier: [{ type, system: 'urn:a', value: '42' }] }), 'identifier:of-type')).toEqual(['http://terminology.hl7.org/CodeSystem/v2-0203|MR|42']);
  });

  it('tell the living from the dead', () => {
    expect(tokens(termsOf('Patient', {}), 'deceased')).toEqual(['|false']);
    expect(tokens(termsOf('Patient', { deceasedBoolean: false }), 'deceased')).toEqual(['|false']);
    expect(tokens(termsOf('Patient', { deceasedDateTime: '2026' }), 'deceased')).toEqual(['|true']);
  });
});

describe('strings', () => {
  it('come from every part of names and addresses, folded', () => {
    const terms = termsOf('Patient', {
      name: [{ text: 'Zoë  Müller-ÅS', family: 'Müller', given: ['Zoë', 'Ｍａｒｙ'], prefix: ['Dr.'] }, { text: '欧阳小红' }, { text: '阿依古丽•买买提' }],
      address: [{ line: ['南京东路 1 号'], city: '上海市', district: '黄浦区', postalCode: '200001' }],
    });
    expect(strings(terms, 'name')).toEqual(['zoe muller-as', 'muller', 'zoe', 'mary', 'dr.', '欧阳小红', '阿依古丽·买买提']);
    expect(strings(terms, 'family')).toEqual(['muller']);
    expect(strings(terms, 'address')).toEqual(['南京东路 1 号', '上海市', '黄浦区', '200001']);
    expect(strings(terms, 'address-city')).toEqual(['上海市']);
  });

  it('keep the exact text beside the folded one', () => {
    expect(termsOf('Organization', { name: ' É cole ' }).string).toContainEqual({ param: 'name', folded: 'e cole', exact: ' É cole ' });
  });

  it('come from the text of a concept where the parameter says so', () => {
    expect(strings(termsOf('Observation', { valueCodeableConcept: { text: '阳性' } }), 'value-string')).toEqual(['阳性']);
  });
});

describe('references', () => {
  it('are local when relative or below the own address, and URLs otherwise', () => {
    const performer = ['Organization/o1', 'https://bund.example/fhir/Organization/o2', 'https://else.example/fhir/Organization/o3/_history/2', 'urn:uuid:4', '#contained', 'Organization/o1/_history/3'];
    const terms = termsOf('Observation', { performer: performer.map((reference) => ({ reference })) });
    expect(references(terms, 'performer')).toEqual(['Organization/o1', 'Organization/o2', 'https://else.example/fhir/Organization/o3', 'urn:uuid:4']);
  });

  it('by identifier are tokens of their own', () => {
    const terms = termsOf('Observation', { subject: { type: 'Patient', identifier: { system: 'urn:oid:1', value: '42' } } });
    expect(tokens(terms, 'subject:identifier')).toEqual(['urn:oid:1|42']);
    expect(tokens(terms, 'patient:identifier')).toEqual(['urn:oid:1|42']);
    expect(terms.reference).toEqual([]);
  });

  it('belong to a parameter of one type only when they point to it', () => {
    const terms = termsOf('Observation', { subject: { reference: 'Group/g1' } });
    expect([references(terms, 'subject'), references(terms, 'patient')]).toEqual([['Group/g1'], []]);
  });

  it('are found by canonical with and without version', () => {
    const terms = termsOf('CarePlan', { instantiatesCanonical: ['http://a.example/PlanDefinition/x|2'] });
    expect(references(terms, 'instantiates-canonical')).toEqual(['http://a.example/PlanDefinition/x|2', 'http://a.example/PlanDefinition/x']);
  });

  it('come from the entries of a Bundle', () => {
    expect(references(termsOf('Bundle', { type: 'document', entry: [{ resource: { resourceType: 'Composition', id: 'c1' } }] }), 'composition')).toEqual(['Composition/c1']);
  });

  it('come from our own parameter on Person', () => {
    const extension = [{ url: 'https://bund.example/StructureDefinition/known-at', valueReference: { reference: 'Organization/o1' } }];
    expect(references(termsOf('Person', { extension }), 'known-at')).toEqual(['Organization/o1']);
  });
});

describe('dates', () => {
  it.each<[string, JsonObject, string[]]>([
    ['dateTime', { effectiveDateTime: '2026-03-01T08:00:00+08:00' }, ['2026-03-01T00:00:00.000Z..2026-03-01T00:00:00.999Z']],
    ['partial date', { effectiveDateTime: '2026-03' }, ['2026-03-01T00:00:00.000Z..2026-03-31T23:59:59.999Z']],
    ['instant', { effectiveInstant: '2026-03-01T08:00:00.123Z' }, ['2026-03-01T08:00:00.123Z..2026-03-01T08:00:00.123Z']],
    ['Period', { effectivePeriod: { start: '2026-03-01', end: '2026-03-02' } }, ['2026-03-01T00:00:00.000Z..2026-03-02T23:59:59.999Z']],
    ['Period without end', { effectivePeriod: { start: '2026-03-01' } }, ['2026-03-01T00:00:00.000Z..*']],
    ['Period without start', { effectivePeriod: { end: '2026-03-01' } }, ['*..2026-03-01T23:59:59.999Z']],
    ['Timing', { effectiveTiming: { event: ['2026-03-01', '2026-03-05'], repeat: { boundsPeriod: { start: '2026-04-01', end: '2026-04-30' } } } }, ['2026-03-01T00:00:00.000Z..2026-03-01T23:59:59.999Z', '2026-03-05T00:00:00.000Z..2026-03-05T23:59:59.999Z', '2026-04-01T00:00:00.000Z..2026-04-30T23:59:59.999Z']],
    ['unreadable Period', { effectivePeriod: { start: '2026-03-01', end: 'soon' } }, []],
    ['unreadable date', { effectiveDateTime: '2026-02-30' }, []],
  ])('of a %s are the range it covers', (_name, members, expected) => {
    expect(dates(termsOf('Observation', members), 'date')).toEqual(expected);
  });

  it('without a zone count in that of the exchange', () => {
    const inShanghai = createExtractor(definitions, { offsetMinutes: 480 });
    expect(dates(inShanghai({ resourceType: 'Patient', birthDate: '1990-03-07' }), 'birthdate')).toEqual(['1990-03-06T16:00:00.000Z..1990-03-07T15:59:59.999Z']);
  });
});

describe('numbers and quantities', () => {
  const UCUM = 'http://unitsofmeasure.org';

  it.each<[string, JsonObject, string[]]>([
    ['coded unit', { value: 5.4, unit: 'mg', system: UCUM, code: 'mg' }, ['5.4..5.4 http://unitsofmeasure.org|mg']],
    ['coded and printed unit', { value: 5.4, unit: '毫克', system: UCUM, code: 'mg' }, ['5.4..5.4 http://unitsofmeasure.org|mg', '5.4..5.4 |毫克']],
    ['printed unit', { value: 5.4, unit: '毫克' }, ['5.4..5.4 |毫克']],
    ['no unit', { value: 5.4 }, ['5.4..5.4 |']],
    ['comparator <', { value: 5, comparator: '<', code: 'mg' }, [`${-Number.MAX_VALUE}..5 |mg`]],
    ['comparator >=', { value: 5, comparator: '>=', code: 'mg' }, [`5..${Number.MAX_VALUE} |mg`]],
    ['no value', { code: 'mg' }, []],
  ])('of a Quantity with %s', (_name, valueQuantity, expected) => {
    const terms = termsOf('Observation', { valueQuantity }).quantity.filter(({ param }) => param === 'value-quantity');
    expect(terms.map(({ low, high, system, code }) => `${low}..${high} ${system}|${code}`)).toEqual(expected);
  });

  it('of a decimal that keeps its text are the same as of a plain number', () => {
    const exact = parseJson('{"resourceType":"Observation","valueQuantity":{"value":6.0,"code":"mg"}}') as Resource;
    expect(extract(exact).quantity[0]).toMatchObject({ low: 6, high: 6 });
  });

  it('come from Money, Range and numbers', () => {
    expect(termsOf('Invoice', { totalNet: { value: 12.5, currency: 'CNY' } }).quantity).toEqual([{ param: 'totalnet', low: 12.5, high: 12.5, system: 'urn:iso:std:iso:4217', code: 'CNY' }]);
    expect(termsOf('Condition', { onsetRange: { low: { value: 20, code: 'a' }, high: { value: 30, code: 'a' } } }).quantity).toEqual([{ param: 'onset-age', low: 20, high: 30, system: '', code: 'a' }]);
    expect(termsOf('RiskAssessment', { prediction: [{ probabilityDecimal: 0.25 }] }).number).toEqual([{ param: 'probability', low: 0.25, high: 0.25 }]);
  });
});

describe('uris', () => {
  it('are kept as sent, a canonical also without its version', () => {
    const terms = termsOf('ValueSet', { url: 'http://a.example/vs', meta: { profile: ['http://a.example/p|1.0'], source: '#src' } });
    expect(terms.uri).toEqual(expect.arrayContaining([
      { param: 'url', value: 'http://a.example/vs' }, { param: '_profile', value: 'http://a.example/p|1.0' }, { param: '_profile', value: 'http://a.example/p' }, { param: '_source', value: '#src' },
    ]));
    expect(terms.uri).toHaveLength(4);
  });
});

describe('the record that a resource belongs to', () => {
  it('is that of the patients it refers to, or of the Patient itself', () => {
    expect(termsOf('Observation', { subject: { reference: 'Patient/p1' } }).patients).toEqual(['p1']);
    expect(termsOf('Patient', { id: 'p1' }).patients).toEqual(['p1']);
    expect(termsOf('Person', { link: [{ target: { reference: 'Patient/p1' } }, { target: { reference: 'Patient/p2' } }, { target: { reference: 'Practitioner/x' } }] }).patients).toEqual(['p1', 'p2']);
    expect(termsOf('Observation', { subject: { reference: 'https://else.example/Patient/p1' } }).patients).toEqual([]);
    expect(termsOf('Group', { member: [{ entity: { reference: 'Patient/p1' } }] }).patients).toEqual(['p1']);
  });

  it('is ordered by the latest start of the main date', () => {
    expect(termsOf('Observation', { effectiveDateTime: '2026-03-01', issued: '2026-03-05T00:00:00Z' }).clinicalDate).toBe(Date.parse('2026-03-01'));
    expect(termsOf('Observation', { effectiveTiming: { event: ['2026-03-09', '2026-03-01'] } }).clinicalDate).toBe(Date.parse('2026-03-09'));
    expect(termsOf('Patient', { birthDate: '1990' }).clinicalDate).toBeUndefined();
  });
});

describe('createExtractor', () => {
  it('refuses an own search parameter that cannot be compiled, by name', () => {
    const broken = { url: 'https://bund.example/SearchParameter/x', code: 'x', base: ['Patient'], type: 'token', expression: 'Patient.nmae', targets: [], description: '', components: [] } as const;
    expect(() => createExtractor({ ...definitions, searchParameters: [...definitions.searchParameters, broken] })).toThrow("SearchParameter https://bund.example/SearchParameter/x cannot be used for Patient: Patient has no element 'nmae'");
  });

  it('finds nothing in a resource of an unknown type', () => {
    expect(termsOf('Nonsense', { subject: { reference: 'Patient/p1' } })).toMatchObject({ token: [], reference: [], patients: [] });
  });

  it('names only parameters that the registry knows', () => {
    const known = createSearchParameters(definitions).of('Patient');
    const terms = termsOf('Patient', { identifier: [{ value: '1' }], name: [{ text: 'x' }], managingOrganization: { identifier: { value: '2' } } });
    for (const { param } of [...terms.token, ...terms.string]) expect(known.has(param.replace(/:.*/, ''))).toBe(true);
  });

  it('takes any JSON for any type without throwing, and never twice the same term', () => {
    const names = fc.constantFrom('identifier', 'code', 'coding', 'system', 'value', 'type', 'subject', 'reference', 'effectivePeriod', 'start', 'end', 'name', 'given', 'valueQuantity', 'low', 'meta', 'tag', 'contained', 'entry', 'resource', '_value', 'repeat', 'event', 'period', '__proto__', 'constructor');
    const leaf = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('Patient/p1', '2026-03', '#', 'a|b'), fc.constant(JSON.rawJSON('1e999')));
    const { tree } = fc.letrec((tie) => ({ tree: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(names, tie('tree'), { maxKeys: 5 })) }));
    fc.assert(fc.property(fc.constantFrom(...definitions.resourceTypes), fc.dictionary(names, tree, { maxKeys: 6 }), (resourceType, members) => {
      const terms = extract({ ...members, resourceType });
      for (const list of [terms.token, terms.string, terms.reference, terms.date, terms.quantity, terms.uri]) {
        const keys = list.map((term) => JSON.stringify(term));
        expect(new Set(keys).size).toBe(keys.length);
      }
    }), { numRuns: 300 });
  });
});
