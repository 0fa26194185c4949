import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, type ParsedSearch, type SearchContext } from '../../../src/fhir/search/parse.ts';
import type { Clause } from '../../../src/fhir/search/query.ts';
import { createSearchParameters } from '../../../src/fhir/search/registry.ts';
import { definitions } from '../definitions.ts';

const NOW = Date.parse('2026-03-11T00:00:00Z');
const context: SearchContext = {
  searchParameters: createSearchParameters(definitions),
  isResourceType: (name) => definitions.resourceTypes.includes(name),
  now: NOW, baseUrl: 'https://bund.example/fhir', limits: { count: 200, alternatives: 20 },
};

/** @param query as in a URL, `a=b&c=d` */
function parse(type: string, query: string): ParsedSearch {
  return parseSearch(type, [...new URLSearchParams(query)], context);
}

/** The clauses of a search that is wholly understood. */
function clauses(type: string, query: string): readonly Clause[] {
  const { request, faults, unknown } = parse(type, query);
  expect([...faults, ...unknown]).toEqual([]);
  return request.where;
}

function ms(instant: string): number {
  return Date.parse(instant);
}

describe('parseSearch on token parameters', () => {
  it.each<[string, object[]]>([
    ['identifier=42', [{ code: '42' }]],
    ['identifier=urn:oid:1|42', [{ system: 'urn:oid:1', code: '42' }]],
    ['identifier=|42', [{ system: '', code: '42' }]],
    ['identifier=urn:oid:1|', [{ system: 'urn:oid:1' }]],
    ['identifier=a,b|c', [{ code: 'a' }, { system: 'b', code: 'c' }]],
    ['identifier=a\\,b,c\\|d\\$e\\\\', [{ code: 'a,b' }, { code: 'c|d$e\\' }]],
    ['identifier=a,a', [{ code: 'a' }]],
    ['gender=male', [{ code: 'male' }]],
    ['gender=http://hl7.org/fhir/administrative-gender|male', [{ system: '', code: 'male' }]],
    ['gender=urn:other|male', [{ system: 'urn:other', code: 'male' }]],
    ['active=http://hl7.org/fhir/special-values|true', [{ system: '', code: 'true' }]],
  ])('reads %s', (query, anyOf) => {
    expect(clauses('Patient', query)).toEqual([{ kind: 'token', param: query.split('=')[0], anyOf }]);
  });

  it('reads :not, :of-type and :missing', () => {
    expect(clauses('Patient', 'gender:not=male')).toEqual([{ kind: 'token', param: 'gender', anyOf: [{ code: 'male' }], negate: true }]);
    expect(clauses('Patient', 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|42')).toEqual([{ kind: 'token', param: 'identifier:of-type', anyOf: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203|MR', code: '42' }] }]);
    expect(clauses('Patient', 'gender:missing=true')).toEqual([{ kind: 'missing', param: 'gender', of: 'token', isMissing: true }]);
  });
});

describe('parseSearch on string parameters', () => {
  it.each<[string, object]>([
    ['name=Müller', { match: 'starts', anyOf: ['muller'] }],
    ['name:contains=ÜLL', { match: 'contains', anyOf: ['ull'] }],
    ['name:exact=Müller', { match: 'exact', anyOf: ['Müller'] }],
    ['name=欧阳,李', { match: 'starts', anyOf: ['欧阳', '李'] }],
  ])('reads %s', (query, expected) => {
    expect(clauses('Patient', query)).toEqual([{ kind: 'string', param: 'name', ...expected }]);
  });
});

describe('parseSearch on reference parameters', () => {
  it.each<[string, object]>([
    ['patient=p1', { param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] }],
    ['subject=p1', { param: 'subject', anyOf: [{ id: 'p1' }] }],
    ['subject=Group/g1,Patient/p1', { param: 'subject', anyOf: [{ type: 'Group', id: 'g1' }, { type: 'Patient', id: 'p1' }] }],
    ['subject:Patient=p1', { param: 'subject', anyOf: [{ type: 'Patient', id: 'p1' }] }],
    ['subject=https://bund.example/fhir/Patient/p1', { param: 'subject', anyOf: [{ type: 'Patient', id: 'p1' }] }],
    ['subject=https://else.example/fhir/Patient/p1', { param: 'subject', anyOf: [{ url: 'https://else.example/fhir/Patient/p1' }] }],
    ['subject=urn:uuid:1', { param: 'subject', anyOf: [{ url: 'urn:uuid:1' }] }],
  ])('reads %s', (query, expected) => {
    expect(clauses('Observation', query)).toEqual([{ kind: 'reference', ...expected }]);
  });

  it('reads :identifier as a token', () => {
    expect(clauses('Observation', 'patient:identifier=urn:oid:1|42')).toEqual([{ kind: 'token', param: 'patient:identifier', anyOf: [{ system: 'urn:oid:1', code: '42' }] }]);
  });
});

describe('parseSearch on dates', () => {
  it.each<[string, string, string, string]>([
    ['2026-03', 'eq', '2026-03-01T00:00:00Z', '2026-03-31T23:59:59.999Z'],
    ['ge2026-03-01', 'ge', '2026-03-01T00:00:00Z', '2026-03-01T23:59:59.999Z'],
    ['sa2026-03-01T08:00:00+08:00', 'sa', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.999Z'],
    ['ap2026-03-01', 'ap', '2026-02-28T00:00:00Z', '2026-03-02T23:59:59.999Z'],
  ])('reads %s', (value, prefix, low, high) => {
    expect(clauses('Observation', `date=${encodeURIComponent(value)}`)).toEqual([{ kind: 'date', param: 'date', anyOf: [{ prefix, low: ms(low), high: ms(high) }] }]);
  });

  it('understands a zone whose plus sign was not encoded', () => {
    expect(clauses('Observation', 'date=2026-03-01T08:00:00+08:00')).toEqual(clauses('Observation', 'date=2026-03-01T08:00:00%2B08:00'));
  });

  it('reads _lastUpdated', () => {
    expect(clauses('Observation', '_lastUpdated=gt2026')).toMatchObject([{ kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'gt' }] }]);
  });
});

describe('parseSearch on numbers and quantities', () => {
  it.each<[string, object]>([
    ['100', { prefix: 'eq', low: 99.5 }],
    ['gt100', { prefix: 'gt', low: 100, high: 100 }],
    ['ap100', { prefix: 'ap', low: 90, high: 110 }],
    ['5.4|http://unitsofmeasure.org|mg', { prefix: 'eq', low: 5.35, system: 'http://unitsofmeasure.org', code: 'mg' }],
    ['le5.4||mg', { prefix: 'le', low: 5.4, high: 5.4, code: 'mg' }],
    ['5.4|http://unitsofmeasure.org|', { prefix: 'eq', low: 5.35, system: 'http://unitsofmeasure.org' }],
  ])('reads the quantity %s', (value, expected) => {
    const [clause] = clauses('Observation', `value-quantity=${encodeURIComponent(value)}`);
    expect(clause).toMatchObject({ kind: 'quantity', param: 'value-quantity', anyOf: [expected] });
  });

  it('leaves out the end of the range that a precision covers', () => {
    const [clause] = clauses('RiskAssessment', 'probability=0.5');
    const [match] = clause?.kind === 'number' ? clause.anyOf : [];
    expect(match?.low).toBe(0.45);
    expect(match?.high).toBeLessThan(0.55);
    expect(match?.high).toBeGreaterThan(0.5499999999);
  });
});

describe('parseSearch on uris and ids', () => {
  it('reads them with their modifiers', () => {
    expect(clauses('ValueSet', 'url=http://a.example/vs&url:below=http://a.example/')).toEqual([
      { kind: 'uri', param: 'url', match: 'exact', anyOf: ['http://a.example/vs'] }, { kind: 'uri', param: 'url', match: 'below', anyOf: ['http://a.example/'] },
    ]);
    expect(clauses('Patient', '_id=p1,p2&_id:not=p3')).toEqual([{ kind: 'id', anyOf: ['p1', 'p2'] }, { kind: 'id', anyOf: ['p3'], negate: true }]);
  });
});

describe('parseSearch on chains', () => {
  it('follows a reference to its only target', () => {
    expect(clauses('Observation', 'patient.identifier=urn:oid:1|42')).toEqual([{ kind: 'chain', param: 'patient', type: 'Patient', where: [{ kind: 'token', param: 'identifier', anyOf: [{ system: 'urn:oid:1', code: '42' }] }] }]);
  });

  it('follows a reference to the type that is named, with a modifier at the end', () => {
    expect(clauses('Observation', 'subject:Patient.name:exact=Li')).toEqual([{ kind: 'chain', param: 'subject', type: 'Patient', where: [{ kind: 'string', param: 'name', match: 'exact', anyOf: ['Li'] }] }]);
  });

  it('asks every target that has the parameter when no type is named', () => {
    expect(clauses('Observation', 'subject.name=li')).toMatchObject([{ kind: 'or', clauses: [{ kind: 'chain', type: 'Patient' }, { kind: 'chain', type: 'Location' }] }]);
  });

  it('goes several steps', () => {
    expect(clauses('Observation', 'encounter.location.name=ward')).toMatchObject([{ kind: 'chain', type: 'Encounter', where: [{ kind: 'chain', param: 'location', type: 'Location', where: [{ kind: 'string', param: 'name' }] }] }]);
  });

  it('reads _has, also nested and after a chain', () => {
    expect(clauses('Patient', '_has:Observation:patient:code=718-7')).toEqual([{ kind: 'has', type: 'Observation', param: 'patient', where: [{ kind: 'token', param: 'code', anyOf: [{ code: '718-7' }] }] }]);
    expect(clauses('Patient', '_has:Encounter:patient:_has:Observation:encounter:status=final')).toMatchObject([{ kind: 'has', type: 'Encounter', where: [{ kind: 'has', type: 'Observation', param: 'encounter' }] }]);
    expect(clauses('Observation', 'patient._has:Group:member:_id=g1')).toMatchObject([{ kind: 'chain', where: [{ kind: 'has', type: 'Group', where: [{ kind: 'id', anyOf: ['g1'] }] }] }]);
  });
});

describe('parseSearch on what to answer', () => {
  it('reads every result parameter', () => {
    const { request, faults, unknown } = parse('Observation', '_sort=-date,_id,_lastUpdated,code&_count=500&_total=accurate&_summary=data&_elements=code,value&_include=Observation:subject:Patient&_include:iterate=Patient:organization&_revinclude=Provenance:target&_format=json&_pretty=true');
    expect([faults, unknown]).toEqual([[], []]);
    expect(request).toMatchObject({
      sort: [{ param: 'date', of: 'date', descending: true }, { param: '_id', of: 'id', descending: false }, { param: '_lastUpdated', of: 'lastUpdated', descending: false }, { param: 'code', of: 'token', descending: false }],
      count: 200, total: 'accurate', summary: 'data', elements: ['code', 'value'], format: 'json', pretty: true,
      includes: [{ type: 'Observation', param: 'subject', target: 'Patient', iterate: false }, { type: 'Patient', param: 'organization', iterate: true }],
      revincludes: [{ type: 'Provenance', param: 'target', iterate: false }],
    });
  });

  it('reads * as every reference of the type', () => {
    const includes = parse('Observation', '_include=*').request.includes.map(({ param }) => param);
    expect(includes).toEqual(expect.arrayContaining(['subject', 'patient', 'performer', 'encounter']));
    expect(parse('Observation', '_include=Observation:*').request.includes.map(({ param }) => param)).toEqual(includes);
    expect(parse('Patient', '_revinclude=Observation:*').request.revincludes.map(({ param }) => param)).toEqual(expect.arrayContaining(['patient', 'subject']));
    expect(parse('Patient', '_revinclude=Observation:*').request.revincludes.map(({ param }) => param)).not.toContain('encounter');
  });

  it('tells the query as it understood it', () => {
    const { request } = parse('Observation', 'code=a,a,b&patient=p1&nonsense=x&_count=9999&patient=p1');
    expect(request.understood).toEqual([['code', 'a,b'], ['patient', 'p1'], ['_count', '200']]);
  });
});

describe('parseSearch on what is not offered', () => {
  it.each([
    ['Patient', 'nmae=x', /^The search parameter 'nmae' is not known for Patient\. Valid ones: name, /],
    ['Patient', 'name:fuzzy=x', "The modifier ':fuzzy' is not offered for the search parameter 'name'. Valid ones: exact, missing, contains"],
    ['Patient', '_lastUpdated:not=2026', "The modifier ':not' is not offered for the search parameter '_lastUpdated'. It takes no modifier"],
    ['Observation', 'code-value-quantity=a$5', /^The search parameter 'code-value-quantity' of Observation is not offered by this server\. /],
    ['Patient', '_content=x', /^The search parameter '_content' of Patient is not offered by this server\. /],
    ['Location', 'near=1|2', /^The search parameter 'near' of Location is not offered/],
    ['Observation', 'subject:Practitioner=x', /^The modifier ':Practitioner' is not offered for the search parameter 'subject'\. /],
    ['Observation', 'subject:Practitioner.name=x', /^The search parameter 'subject' does not refer to 'Practitioner'\. Valid types: /],
    ['Observation', 'patient.nmae=x', /^The search parameter 'nmae' is not known for Patient\. /],
    ['Observation', 'subject.nmae=x', /^No target of the search parameter 'subject' has a search parameter 'nmae'\. Its targets: /],
    ['Observation', 'code.name=x', /^The search parameter 'code' of Observation is not a reference, so nothing can be chained to it\. Valid ones: /],
    ['Observation', '_sort=nope', /^The search parameter 'nope' is not known for Observation\. /],
    ['Observation', '_include=Observation:code', /^The search parameter 'code' of Observation is no reference that can be followed here\. /],
    ['Observation', '_include=Observation:nope', /^The search parameter 'nope' is not known for Observation\. /],
    ['Observation', '_include=Observation:subject:Encounter', /^The search parameter 'subject' of Observation does not refer to Encounter\. /],
  ])('names it: %s?%s', (type, query, diagnostics) => {
    const { faults, unknown, request } = parse(type, query);
    expect(faults).toEqual([]);
    expect(unknown).toMatchObject([{ severity: 'error', code: 'not-supported' }]);
    expect(unknown[0]?.diagnostics).toMatch(diagnostics);
    expect(request.where).toEqual([]);
  });
});

describe('parseSearch on what could stand there instead', () => {
  const offered = (query: string, more: Partial<SearchContext> = {}): readonly string[] => {
    const { unknown } = parseSearch('Observation', [...new URLSearchParams(query)], { ...context, ...more });
    return /Valid ones: (.*)$/.exec(unknown[0]?.diagnostics ?? '')?.[1]?.split(', ') ?? [];
  };

  it('offers result parameters for a search, and none of them for a condition', () => {
    expect(offered('nope=x')).toEqual(expect.arrayContaining(['code', '_count', '_has']));
    const ofCondition = offered('nope=x', { isCondition: true });
    expect(ofCondition).toEqual(expect.arrayContaining(['code', '_has']));
    expect(ofCondition).not.toContain('_count');
  });

  it('offers what can be sorted by, and what can be searched of the target of a chain', () => {
    for (const query of ['_sort=nope', 'patient.nope=x']) {
      expect(offered(query)).toEqual(expect.arrayContaining(['_id', '_lastUpdated']));
      for (const name of ['_count', '_format', '_has']) expect(offered(query), query).not.toContain(name);
    }
  });

  it('offers references to include', () => {
    expect(offered('_include=Observation:nope')).toEqual(expect.arrayContaining(['subject', 'specimen']));
    for (const name of ['code', '_id', '_count', '_format']) expect(offered('_include=Observation:nope')).not.toContain(name);
  });
});

describe('parseSearch on what cannot be read', () => {
  it.each([
    ['Patient', 'birthdate=1990-02-30', "A value of the search parameter 'birthdate' is a date like"],
    ['Patient', 'birthdate=xx1990', "A value of the search parameter 'birthdate' is a date like"],
    ['Patient', 'active=yes', "A value of the search parameter 'active' is true or false"],
    ['Patient', 'identifier=a|b|c', "A value of the search parameter 'identifier' is code, system|code, |code or system|"],
    ['Patient', 'identifier=|', "A value of the search parameter 'identifier' is code, system|code"],
    ['Patient', 'identifier:of-type=a|b', "A value of the search parameter 'identifier' with :of-type is system|code|value"],
    ['Patient', 'name=', "The search parameter 'name' has no value"],
    ['Patient', 'name=a,,b', "The search parameter 'name' has no value, or an empty one between commas"],
    ['Patient', 'name:missing=maybe', "A value of the search parameter 'name' with :missing is true or false"],
    ['Patient', '_id=a b', "A value of the search parameter '_id' is a logical id"],
    ['Observation', 'value-quantity=much', "A value of the search parameter 'value-quantity' is a number"],
    ['Observation', 'value-quantity=5|mg', "A value of the search parameter 'value-quantity' is a number"],
    ['RiskAssessment', 'probability=1e999', "A value of the search parameter 'probability' is a number"],
    ['Observation', 'patient=Group/g1', "A value of the search parameter 'patient' can refer to Patient only"],
    ['Observation', 'subject=%23x', "A value of the search parameter 'subject' is a logical id, Type/id or a URL"],
    ['Observation', 'focus.name=x', "The search parameter 'focus' can refer to many types: a chain names one"],
    ['Patient', '_has:Observation=x', "'_has:Observation' is not of the form _has:Type:reference:parameter"],
    ['Patient', '_has:Nope:patient:code=x', "'Nope' in _has is not a resource type"],
    ['Encounter', '_has:Observation:specimen:code=x', "The search parameter 'specimen' of Observation does not refer to Encounter"],
    ['Observation', '_count=-1', "The value of '_count' is a whole number"],
    ['Observation', '_count=5&_count=6', "The parameter '_count' is given more than once"],
    ['Observation', '_total=some', "The value of '_total' is one of none, estimate, accurate"],
    ['Observation', '_summary=all', "The value of '_summary' is one of true, text, data, count, false"],
    ['Observation', '_elements=a.b', "The value of '_elements' is a list of top-level element names"],
    ['Observation', '_include=Observation', "A value of '_include' is Type:parameter"],
    ['Observation', '_include=Nope:x', "'Nope' in '_include' is not a resource type"],
    ['Observation', '_include=Patient:organization', "'_include' starts at the searched type Observation"],
  ])('says what is expected: %s?%s', (type, query, diagnostics) => {
    const { faults, unknown } = parse(type, query);
    expect(unknown).toEqual([]);
    expect(faults).toMatchObject([{ severity: 'error', code: 'value' }]);
    expect(faults[0]?.diagnostics).toContain(diagnostics);
  });

  it('refuses more than the limits allow', () => {
    const many = Array.from({ length: 21 }, (_, i) => `v${i}`).join(',');
    expect(parse('Patient', `name=${many}`).faults).toMatchObject([{ code: 'too-costly', diagnostics: "The search parameter 'name' has more than 20 values" }]);
    expect(parse('Patient', `name=${'x'.repeat(10_001)}`).faults).toMatchObject([{ code: 'too-costly' }]);
    expect(parse('Patient', Array.from({ length: 65 }, (_, i) => `name=${i}`).join('&')).faults).toMatchObject([{ code: 'too-costly', diagnostics: 'The search has more than 64 parameters' }]);
    expect(parse('Observation', 'encounter.part-of.part-of.part-of.status=x').faults).toMatchObject([{ code: 'too-costly', diagnostics: 'A chain has more than 3 steps' }]);
    expect(parse('Observation', 'has-member.derived-from.derived-from.code=x').faults).toMatchObject([{ code: 'value', diagnostics: expect.stringMatching(/a chain names one, in the form [a-z-]+:Type\.parameter/) }]);
    expect(parse('Observation', '_sort=_id,date,code,status,category,patient').faults).toMatchObject([{ code: 'too-costly' }]);
  });

  it('never repeats a value in a message, since it can be a patient\'s', () => {
    const { faults } = parse('Patient', 'birthdate=secret&active=secret&identifier=secret|a|b&_id=secret id&name:missing=secret');
    expect(faults).toHaveLength(5);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });
});

describe('parseSearch on anything', () => {
  const types = fc.constantFrom('Patient', 'Observation', 'Encounter', 'ValueSet', 'RiskAssessment');
  const names = fc.oneof(fc.string(), fc.constantFrom('name', 'name:exact', 'identifier', 'identifier:of-type', 'code', 'date', 'patient', 'subject:Patient.name', 'patient.identifier', '_has:Observation:patient:code', '_id', '_lastUpdated', 'value-quantity', 'probability', 'url', '_sort', '_count', '_include', '_revinclude', '_elements', 'gender:missing', '__proto__', 'constructor'));
  const values = fc.oneof(fc.string(), fc.constantFrom('a,b', 'a\\,b', 'true', 'ge2026-03', '5.4|u|mg', 'Patient/p1', 'Observation:subject', '-date', '20', '*', 'a|b|c', '\\', '1e3', ' x '));
  const pairs = fc.array(fc.tuple(names, values), { maxLength: 5 });

  it('never throws, and answers each parameter with a clause, a wish or an issue', () => {
    fc.assert(fc.property(types, pairs, (type, asked) => {
      const { request, faults, unknown } = parseSearch(type, asked, context);
      const distinct = new Set(asked.map((pair) => JSON.stringify(pair))).size;
      expect(request.understood.length + faults.length + unknown.length).toBe(distinct);
    }), { numRuns: 500 });
  });

  it('understands what it says it understood, and the same again', () => {
    fc.assert(fc.property(types, pairs, (type, asked) => {
      const first = parseSearch(type, asked, context).request;
      const again = parseSearch(type, first.understood, context);
      expect(again.request).toEqual(first);
      expect([...again.faults, ...again.unknown]).toEqual([]);
    }), { numRuns: 500 });
  });
});
