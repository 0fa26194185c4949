import { describe, expect, it } from 'vitest';
import { numeralOf } from '../../../src/fhir/json.ts';
import type { Numeric } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { textOf } from '../../../src/fhir/resource.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { readCda } from '../../../src/normalize/cda/read-cda.ts';
import type { SentMessage } from '../../../src/normalize/message.ts';
import { withOrigin } from '../../../src/normalize/index.ts';
import { at, documentOf, inside, item, read, resourcesOf, SENDER, st, stated, studies } from './documents.ts';

const one = (message: SentMessage, type: string): Resource => resourcesOf(message, type)[0]!;
const placesOf = (message: SentMessage): readonly (string | undefined)[] => message.faults.map((fault) => fault.issue.location);

describe('a shared document', () => {
  it('is a message by its id and version, said when it was made', () => {
    const message = readCda(Buffer.from(documentOf({ header: '<versionNumber value="2"/>' })), SENDER, CDA_LIMITS);
    expect(message.messageId).toBe('2.16.156.10011.1.1^D1^v2');
    expect(message.read()).toMatchObject({ kind: 'cda', saidAt: '2025-04-01T12:00:00+08:00', faults: [] });
  });

  it('is kept to the byte beside what is known of it, and belongs to its patient', () => {
    const text = documentOf();
    const message = read(text);
    const [binary, reference] = [one(message, 'Binary'), one(message, 'DocumentReference')];
    const entry = message.entries.find(({ resource }) => resource === binary)!;
    expect(Buffer.from(String(at(binary, 'data')), 'base64').toString()).toBe(text);
    expect(binary['securityContext']).toEqual({ reference: message.entries[0]?.fullUrl });
    expect(entry.ownId).toMatch(/^[0-9a-f]{64}$/);
    expect(at(reference, 'content', 0, 'attachment')).toMatchObject({ url: entry.fullUrl, size: Buffer.byteLength(text), hash: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/) });
  });

  it('is a record of its own in each version of the same binary', () => {
    const ownIdOf = (message: SentMessage): string | undefined => message.entries.find(({ resource }) => resource.resourceType === 'Binary')?.ownId;
    expect(ownIdOf(read(documentOf({ ids: '<id/>' })))).toBe(ownIdOf(read(documentOf())));
    expect(ownIdOf(read(documentOf().replace('D1', 'D2')))).not.toBe(ownIdOf(read(documentOf())));
  });

  it('that replaces another says so in all of its records, and never names itself', () => {
    const replaced = (extension: string): SentMessage => read(documentOf({ header: `<relatedDocument typeCode="RPLC"><parentDocument><id root="2.16.156.10011.1.1" extension="${extension}"/></parentDocument></relatedDocument>`, body: studies(item('A', '<value xsi:type="REAL" value="1"/>')) }));
    const message = replaced('D0');
    expect(one(message, 'DocumentReference')).toMatchObject({ docStatus: 'amended', relatesTo: [{ code: 'replaces', target: { type: 'DocumentReference', identifier: { value: 'D0' } } }] });
    expect([one(message, 'Observation'), one(message, 'DiagnosticReport'), one(message, 'Composition')].map(({ status }) => status)).toEqual(['corrected', 'corrected', 'amended']);
    expect(one(replaced('D1'), 'DocumentReference')['relatesTo']).toBeUndefined();
    expect(one(replaced(''), 'DocumentReference')['docStatus']).toBe('final');
  });

  it('of an unknown kind is kept and nothing more', () => {
    expect(read(documentOf({ template: '2.16.156.10011.2.1.1.49', body: studies(item('A', st('1'))) })).entries.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'Binary', 'DocumentReference']);
  });

  it('under the template that is copied everywhere is of the kind that its code says', () => {
    const body = studies(item('A', '<value xsi:type="REAL" value="1"/>'));
    expect(resourcesOf(read(documentOf({ template: '2.16.156.10011.2.1.1.21', body })), 'DiagnosticReport')).toHaveLength(1);
    expect(resourcesOf(read(documentOf({ template: '2.16.156.10011.2.1.1.21', body }).replace('C0007', 'C0001')), 'DiagnosticReport')).toEqual([]);
  });

  it('without an id, without a patient and without a number of the patient is at fault where these would stand', () => {
    expect(placesOf(read(documentOf().replace('extension="D1"', '')))).toEqual(['/ClinicalDocument/id']);
    expect(placesOf(read(documentOf().replace(/<recordTarget>.*<\/recordTarget>/, '')))).toEqual(['/ClinicalDocument']);
    expect(placesOf(read(documentOf().replace('extension="K1"', 'extension="-"')))).toEqual(['/ClinicalDocument/recordTarget/patientRole']);
  });

  it('that says no time of its making is at fault, where more than the document is read', () => {
    const undated = (template: string): SentMessage => read(documentOf({ template }).replace('value="20250401120000"', ''));
    expect(placesOf(undated('2.16.156.10011.2.1.1.27'))).toEqual(['/ClinicalDocument/effectiveTime']);
    expect(undated('2.16.156.10011.2.1.1.99')).toMatchObject({ faults: [], kind: 'cda' });
    expect(undated('2.16.156.10011.2.1.1.99').saidAt).toBeUndefined();
  });

  it('names each impossible time by its place', () => {
    const entries = [item('A', '<value xsi:type="REAL" value="1"/>'), item('B', '<value xsi:type="REAL" value="1"/>').replace('20250401080000', '20250431080000')];
    const message = read(documentOf({ person: '<birthTime value="19900230"/>', body: studies(...entries) }));
    expect(placesOf(message)).toEqual([
      '/ClinicalDocument/recordTarget/patientRole/patient/birthTime',
      '/ClinicalDocument/component/structuredBody/component/section/entry[2]/organizer/component[1]/observation/entryRelationship/observation/effectiveTime/low',
    ]);
    expect(message.faults.every(({ issue }) => issue.code === 'value')).toBe(true);
  });
});

describe('the patient of a document', () => {
  it('has the numbers of persons, and the visit those of visits', () => {
    const ids = '<id root="2.16.156.10011.1.12" extension="Z1"/><id root="2.16.156.10011.1.2" extension="A1"/>';
    const message = read(documentOf({ ids, person: '<id root="2.16.156.10011.1.3" extension="31010119900307123x"/>' }));
    expect(one(message, 'Patient')['identifier']).toEqual([
      { system: 'urn:oid:2.16.156.10011.1.19', value: 'K1' }, { system: 'urn:oid:2.16.156.10011.1.2', value: 'A1' }, { system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: '31010119900307123X' },
    ]);
    expect(at(one(message, 'DocumentReference'), 'context', 'encounter')).toEqual([{ type: 'Encounter', identifier: { system: 'urn:oid:2.16.156.10011.1.12', value: 'Z1' } }]);
  });

  it('has the number by which the source numbers its patients under its own system', () => {
    const sender = { ...SENDER, cda: { patientRoot: '2.16.156.10011.1.13', identifierSystems: { '2.16.156.10011.1.11': 'https://x.example/visit' } } };
    const message = read(documentOf({ ids: '<id root="2.16.156.10011.1.13" extension="P1"/><id root="2.16.156.10011.1.11" extension="V1"/>' }), sender);
    expect(one(message, 'Patient')['identifier']).toContainEqual({ system: 'https://x.example/number', value: 'P1' });
    expect(at(one(message, 'DocumentReference'), 'context', 'encounter')).toEqual([{ type: 'Encounter', identifier: { system: 'https://x.example/visit', value: 'V1' } }]);
  });

  it('without a number of their own is the one of the visit, every time', () => {
    const of = (visit: string): string | undefined => read(documentOf({ ids: `<id root="2.16.156.10011.1.11" extension="${visit}"/>` }).replace('extension="K1"', 'extension=""')).entries[0]?.ownId;
    expect(of('V1')).toMatch(/^[0-9a-f]{64}$/);
    expect(of('V1')).toBe(of('V1'));
    expect(of('V1')).not.toBe(of('V2'));
  });

  it.each([['1', 'male'], ['2', 'female'], ['0', 'unknown'], ['9', 'unknown'], ['M', 'male'], ['x', 'unknown']])('of the gender code %s is %s', (code, gender) => {
    expect(one(read(documentOf({ person: `<administrativeGenderCode code="${code}"/>` })), 'Patient')['gender']).toBe(gender);
  });

  it('is told as a mention, so that the patient record of the source stays above it', () => {
    expect(read(documentOf()).entries[0]?.contribution).toEqual({ authority: 0, cleared: [] });
  });
});

describe('the visit of a document', () => {
  const visit = (time: string): string => `<componentOf><encompassingEncounter><id root="2.999.1" extension="E1"/>${time}</encompassingEncounter></componentOf>`;

  it('is a record where the document says when it began', () => {
    const message = read(documentOf({ header: visit('<effectiveTime><low value="202504010800"/></effectiveTime>') }));
    expect(one(message, 'Encounter')).toMatchObject({ identifier: [{ system: 'urn:oid:2.999.1', value: 'E1' }], period: { start: '2025-04-01T08:00:00+08:00' } });
    expect(one(message, 'Encounter')['status']).toBeUndefined();
  });

  it('is only referred to where it does not', () => {
    const message = read(documentOf({ header: visit('<effectiveTime/>'), body: studies(item('A', '<value xsi:type="REAL" value="1"/>')) }));
    expect(resourcesOf(message, 'Encounter')).toEqual([]);
    expect(one(message, 'Observation')['encounter']).toEqual({ type: 'Encounter', identifier: { system: 'urn:oid:2.999.1', value: 'E1' } });
  });

  it.each([['<patienttypeCode code="1" displayName="急诊"/>', 'EMER'], ['<patienttypeCode code="2"/>', 'EMER'], ['<patienttypeCode code="2" displayName="住院"/>', 'IMP'], ['<patienttypeCode code="9"/>', undefined]])('of the kind %s is %s', (type, code) => {
    const ids = `<patientType>${type}</patientType>`;
    expect(at(one(read(documentOf({ ids, header: visit('<effectiveTime value="2025"/>') })), 'Encounter'), 'class', 'code')).toBe(code);
  });
});

describe('a result of a document', () => {
  const result = (value: string, unit = ''): Resource => one(read(documentOf({ body: studies(item('A', value, { unit })) })), 'Observation');
  const written = (quantity: unknown): string => `${textOf(at(quantity, 'comparator'))}${numeralOf(at(quantity, 'value') as Numeric)} ${textOf(at(quantity, 'unit'))}`.trim();

  it.each([
    ['<value xsi:type="REAL" value="6.0"/>', 'g/L', '6.0 g/L'],
    ['<value xsi:type="PQ" value="6.10" unit="mmol/L"/>', 'g/L', '6.10 mmol/L'],
    ['<value xsi:type="INT" value="3"/>', '', '3'],
    ['<value xsi:type="ST">&lt;0.5</value>', 'mg/L', '<0.5 mg/L'],
    ['<value xsi:type="REAL" value="≥1000"/>', '-', '>=1000'],
    ['<value value="7" unit="s"/>', '', '7 s'],
  ])('%s in %s is the quantity %s', (value, unit, expected) => {
    expect(written(result(value, unit)['valueQuantity'])).toBe(expected);
  });

  it.each([
    ['<value xsi:type="ST">阴性</value>', { valueString: '阴性' }],
    ['<value xsi:type="REAL" value="弱阳性"/>', { valueString: '弱阳性' }],
    ['<value xsi:type="ST">1:80</value>', { valueString: '1:80' }],
    ['<value xsi:type="CD" code="2" codeSystem="2.999" displayName="阳性"/>', { valueCodeableConcept: { coding: [{ system: 'urn:oid:2.999', code: '2', display: '阳性' }], text: '阳性' } }],
    ['<value xsi:type="BL" value="true"/>', { valueBoolean: true }],
    ['<value xsi:type="TS" value="20250401"/>', { valueDateTime: '2025-04-01' }],
    ['<value xsi:type="IVL_PQ"><low value="1" unit="g"/><high value="2" unit="g"/></value>', { valueRange: { low: { value: 1, unit: 'g' }, high: { value: 2, unit: 'g' } } }],
    ['<value xsi:type="RTO"><numerator value="1"/><denominator value="32"/></value>', { valueRatio: { numerator: { value: 1 }, denominator: { value: 32 } } }],
    ['<value xsi:type="PQ" nullFlavor="ASKU"/>', { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'asked-unknown' }] } }],
    ['<value xsi:type="REAL" value=""/>', { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }] } }],
  ])('%s is %j', (value, expected) => {
    expect(result(value)).toMatchObject(expected);
  });

  it.each([
    ['7.8↑', { value: 7.8, unit: 'mmol/L' }, 'H'], ['<0.5 ↓↓', { value: 0.5, comparator: '<', unit: 'mmol/L' }, 'LL'], ['５.２', { value: 5.2, unit: 'mmol/L' }, undefined], ['1,234.5', { value: 1234.5, unit: 'mmol/L' }, undefined],
  ])('that is the text %s is a number with its unit, and judged by its arrow', (text, quantity, flag) => {
    const result = one(read(documentOf({ body: studies(item('A', st(text.replace('<', '&lt;')), { unit: 'mmol/L' })) })), 'Observation');
    expect(result['valueQuantity']).toEqual(quantity);
    expect(at(result, 'interpretation', 0, 'coding', 0, 'code')).toBe(flag);
    expect(result['note']).toBeUndefined();
  });

  it('is judged by what is sent before its arrow', () => {
    const more = stated('DE04.30.017.00', '<value xsi:type="ST">正常</value>');
    const result = one(read(documentOf({ body: studies(item('A', st('7.8↑'), { more })) })), 'Observation');
    expect([at(result, 'interpretation', 'length'), at(result, 'interpretation', 0, 'coding', 0, 'code')]).toEqual([1, 'N']);
  });

  it('in words or in a code keeps its unit as a note with its place', () => {
    const result = (value: string, unit = ''): Resource => one(read(documentOf({ body: studies(item('A', value, { unit })) })), 'Observation');
    expect(result(st('5-10'), '/HP')).toMatchObject({ valueString: '5-10', note: [{ text: 'DE04.30.016.00: /HP' }] });
    expect(result('<value xsi:type="PQ" value="弱阳性" unit="mg/dL"/>')).toMatchObject({ valueString: '弱阳性', note: [{ text: 'value/@unit: mg/dL' }] });
    expect(result('<value xsi:type="CD" code="2" displayName="阳性"/>', 'mg/dL')['note']).toEqual([{ text: 'DE04.30.016.00: mg/dL' }]);
    expect(result(st('10⁵'), 'CFU/mL')).toMatchObject({ valueString: '10⁵', note: [{ text: 'DE04.30.016.00: CFU/mL' }] });
    expect(result(st('阴性'), '-')['note']).toBeUndefined();
  });

  it('that is a percentage is a number in per cent, and stays in words where another unit is told', () => {
    const result = (unit: string): Resource => one(read(documentOf({ body: studies(item('A', st('42%'), { unit })) })), 'Observation');
    expect(result('')['valueQuantity']).toEqual({ value: 42, unit: '%' });
    expect(result('%')['valueQuantity']).toEqual({ value: 42, unit: '%' });
    expect(result('L/L')).toMatchObject({ valueString: '42%', note: [{ text: 'DE04.30.016.00: L/L' }] });
  });

  it.each([
    ['<value xsi:type="CD" code="1" codeSystem="2.16.156.10011.2.3.2.38"/>', 'N'], ['<value xsi:type="CD" code="1" codeSystem="2.16.156.10011.2.3.2.38" displayName="异常"/>', 'A'],
    ['<value xsi:type="CD" code="3" codeSystem="2.16.156.10011.2.3.2.38" displayName="不确定"/>', 'IND'], ['<value xsi:type="ST">偏高↑</value>', 'H'], ['<value xsi:type="ST">危急值偏低</value>', 'LL'],
    ['<value xsi:type="CD" code="7" displayName="弱阳性"/>', 'WR'],
  ])('with the result code %s is judged %s', (value, code) => {
    const more = stated('DE04.30.017.00', value);
    const message = read(documentOf({ body: studies(item('A', '<value xsi:type="REAL" value="1"/>', { more })) }));
    expect(at(one(message, 'Observation'), 'interpretation', 0, 'coding', 0, 'code')).toBe(code);
  });

  it('is known by report, item and how often the item came before', () => {
    const value = '<value xsi:type="REAL" value="1"/>';
    const ids = '<id root="2.16.156.10011.1.33" extension="R1"/>';
    const numbers = (...items: readonly string[]): readonly unknown[] => resourcesOf(read(documentOf({ ids, body: studies(...items.map((code) => item(code, value))) })), 'Observation').map((observation) => at(observation, 'identifier', 0, 'value'));
    expect(numbers('A', 'B', 'A')).toEqual(['R1/A/1', 'R1/B/1', 'R1/A/2']);
    expect(numbers('C', 'A', 'B', 'A')).toEqual(['R1/C/1', 'R1/A/1', 'R1/B/1', 'R1/A/2']);
  });

  it('has LOINC where the document says LOINC, and else the code of the source', () => {
    const coded = (system: string): unknown => at(one(read(documentOf({
      body: studies(`<observation><code code="718-7" ${system} displayName="HGB"/><effectiveTime value="20250401"/><value xsi:type="PQ" value="120" unit="g/L"/></observation>`),
    })), 'Observation'), 'code', 'coding');
    expect(coded('codeSystem="2.16.840.1.113883.6.1"')).toEqual([{ system: 'http://loinc.org', code: '718-7', display: 'HGB' }]);
    expect(at(coded('codeSystem="1.2.156.9"'), 0, 'system')).toBe('https://bund.example/sources/x/codes');
    expect(at(coded(''), 0, 'system')).toBe('https://bund.example/sources/x/codes');
    const ofLoinc = read(documentOf({ body: studies(item('718-7', st('1'))) }), { ...SENDER, cda: { itemCodeSystem: 'http://loinc.org' } });
    expect(at(one(ofLoinc, 'Observation'), 'code', 'coding', 0, 'system')).toBe('http://loinc.org');
  });

  it('of sodium is none of nothing, though its code is NA', () => {
    expect(at(one(read(documentOf({ body: studies(item('NA', '<value xsi:type="REAL" value="140"/>', { unit: 'mmol/L' })) })), 'Observation'), 'code', 'coding', 0, 'code')).toBe('NA');
  });

  it('of no item is a fault', () => {
    const message = read(documentOf({ body: studies(stated('DE04.30.015.00', '<value xsi:type="REAL" value="1"/>')) }));
    expect(placesOf(message)).toEqual(['/ClinicalDocument/component/structuredBody/component/section/entry/observation']);
  });

  it('tells the sender where its value, code and time stand', () => {
    const message = read(documentOf({ body: studies(item('A', '<value xsi:type="REAL" value="1"/>')) }));
    const entry = message.entries.find(({ resource }) => resource.resourceType === 'Observation')!;
    const placeOf = (expression: string): string | undefined => withOrigin({ entry: 0, issue: { severity: 'error', code: 'value', diagnostics: '', expression } }, entry).issue.location;
    const organizer = '/ClinicalDocument/component/structuredBody/component/section/entry/organizer';
    expect(placeOf('Observation.value.ofType(Quantity).value')).toBe(`${organizer}/component[2]/observation/value`);
    expect(placeOf('Observation.code.coding[0].code')).toBe(`${organizer}/component[1]/observation/value`);
    expect(placeOf('Observation.subject')).toBe(`${organizer}/component[1]/observation`);
  });

  it('shares its specimen with the results that say the same of it', () => {
    const value = '<value xsi:type="REAL" value="1"/>';
    const ids = '<id root="2.16.156.10011.1.14" extension="S1"/>';
    const specimens = (...items: readonly string[]): readonly unknown[] => resourcesOf(read(documentOf({ ids, body: studies(...items) })), 'Specimen').map((specimen) => at(specimen, 'identifier', 0, 'value'));
    expect(specimens(item('A', value), item('B', value))).toEqual(['S1']);
    expect(specimens(item('A', value), item('B', value).replace('血清', '血浆'))).toEqual(['D1/血清/2025-04-01T08:00:00+08:00', 'D1/血浆/2025-04-01T08:00:00+08:00']);
  });

  describe('whose specimen has times of their own', () => {
    const ts = (time: string): string => `<value xsi:type="TS" value="${time}"/>`;
    const times = (collected: string, received: string): string[] => [stated('DE04.50.137.00', collected), stated('DE04.50.141.00', received)];
    const kind = (more = ''): string => stated('DE04.50.134.00', st('血清'), more);
    const bare = (code: string, ...more: string[]): string => `<organizer>${[stated('DE04.30.019.00', '<value xsi:type="ST">' + code + '</value>'), stated('DE04.30.015.00', '<value xsi:type="REAL" value="1"/>'), ...more].map((part) => `<component>${part}</component>`).join('')}</organizer>`;
    const told = (...entries: readonly string[]): unknown => {
      const message = read(documentOf({ body: studies(...entries) }));
      expect(message.faults).toEqual([]);
      return {
        specimens: resourcesOf(message, 'Specimen').map((specimen) => [at(specimen, 'collection', 'collectedDateTime'), at(specimen, 'receivedTime')]),
        results: resourcesOf(message, 'Observation').map(({ effectiveDateTime }) => effectiveDateTime), report: one(message, 'DiagnosticReport')['effectiveDateTime'],
      };
    };
    const [collected, received] = ['2025-04-01T08:12:00+08:00', '2025-04-01T08:37:00+08:00'];
    const stamps = times(ts('20250401081200'), ts('20250401083700'));

    it.each<[string, readonly string[]]>([
      ['beside the item', [bare('A', kind(), ...stamps)]],
      ['within the statement of the kind', [bare('A', kind(stamps.map(inside).join('')))]],
      ['in a run of statements', [stated('DE04.30.019.00', st('A')), kind(), ...stamps, stated('DE04.30.015.00', st('1'))]],
      ['as text', [bare('A', kind(), ...times(st('20250401081200'), st('2025-04-01 08:37:00')))]],
      ['as the time of the statement', [bare('A', kind(), ...times('<effectiveTime value="20250401081200"/>', '<effectiveTime><low value="20250401083700"/></effectiveTime><value xsi:type="ST"/>'))]],
      ['before the time of the statement of the kind', [bare('A', kind('<effectiveTime value="20250401"/>'), ...stamps)]],
    ])('has them where they stand %s', (_where, entries) => {
      expect(told(...entries)).toEqual({ specimens: [[collected, received]], results: [collected], report: collected });
    });

    it('has them for all items that say no others, where they stand by themselves', () => {
      const all = { specimens: [[collected, received]], results: [collected, collected], report: collected };
      expect(told(...stamps, bare('A', kind()), bare('B', kind()))).toEqual(all);
      expect(told(bare('A'), bare('B'), kind(), ...stamps)).toEqual(all);
      expect(told(bare('A'), bare('B'), kind(stamps.map(inside).join('')))).toEqual(all);
      expect(told(bare('A', kind(), ...times(ts('20250401070000'), ts('20250401073000'))), bare('B', kind()), ...stamps)).toMatchObject({ results: ['2025-04-01T07:00:00+08:00', collected] });
    });

    it('has them for all items of a run where they stand before the first, and for one where they stand with it', () => {
      const run = (code: string, ...more: string[]): string[] => [stated('DE04.30.019.00', st(code)), ...more, stated('DE04.30.015.00', st('1'))];
      expect(told(kind(), ...stamps, ...run('A'), ...run('B'))).toEqual({ specimens: [[collected, received]], results: [collected, collected], report: collected });
      expect(told(...run('A', kind(), ...stamps), ...run('B'))).toEqual({ specimens: [[collected, received]], results: [collected, undefined], report: collected });
    });

    it('has none of the whole where several stand by themselves', () => {
      const run = (code: string, time: string): string[] => [stated('DE04.30.019.00', st(code)), kind(), stated('DE04.50.137.00', ts(time)), stated('DE04.30.015.00', st('1'))];
      const message = read(documentOf({ body: studies(...run('A', '20250401080000'), ...run('B', '20250401090000'), stated('DE04.30.019.00', st('C')), stated('DE04.30.015.00', st('1'))) }));
      expect(resourcesOf(message, 'Observation').map(({ effectiveDateTime }) => effectiveDateTime)).toEqual(['2025-04-01T08:00:00+08:00', '2025-04-01T09:00:00+08:00', undefined]);
    });

    it('is at fault, once, where a time is none', () => {
      const message = read(documentOf({ body: studies(stated('DE04.50.137.00', ts('20250431080000')), bare('A', kind()), bare('B', kind())) }));
      expect(placesOf(message)).toEqual(['/ClinicalDocument/component/structuredBody/component/section/entry[1]/observation/value']);
    });
  });

  it('carries the remark of the report, since R4 has no place for it in the report', () => {
    const message = read(documentOf({ body: studies(item('A', '<value xsi:type="REAL" value="1"/>'), stated('DE06.00.179.00', st('溶血'))) }));
    expect(one(message, 'Observation')['note']).toEqual([{ text: '溶血' }]);
  });
});

describe('a report of an examination', () => {
  const report = (...entries: readonly string[]): SentMessage => read(documentOf({ template: '2.16.156.10011.2.1.1.26', body: studies(...entries) }));

  it.each([['CT', 'CT', 'CT'], ['彩色多普勒超声', 'RUS', 'US'], ['磁共振', 'NMR', 'MR'], ['X线摄片', 'RAD', 'DX'], ['心电图', 'EC', 'ECG'], ['PET-CT', 'NMS', 'NM'], ['超声内镜', 'OTH', 'ES']])('of the kind %s is in section %s, modality %s', (words, section, modality) => {
    const coding = at(one(report(stated('DE04.30.018.00', st(words))), 'DiagnosticReport'), 'category', 0, 'coding');
    expect([at(coding, 0, 'code'), at(coding, 1, 'code')]).toEqual([section, modality]);
  });

  it('tells findings and impression apart, also where both stand under one data element', () => {
    const named = (code: string, label: string, text: string): string => stated(code, st(text)).replace('codeSystem', `displayName="${label}" codeSystem`);
    for (const code of ['DE04.50.131.00', 'DE04.50.132.00']) {
      const message = report(named('DE04.50.131.00', '检查报告结果-客观所见', '所见'), named(code, '检查报告结果-主观提示', '提示'));
      expect(one(message, 'DiagnosticReport')['conclusion']).toBe('提示');
      expect(resourcesOf(message, 'Observation').map(({ valueString }) => valueString)).toEqual(['所见']);
    }
  });
});

describe('a summary', () => {
  const summary = (...entries: readonly string[]): SentMessage => read(documentOf({ template: '2.16.156.10011.2.1.1.22', body: studies(...entries) }));
  const allergies = (text: string): readonly unknown[] => resourcesOf(summary(stated('DE02.10.022.00', st(text))), 'AllergyIntolerance').map(({ code }) => at(code, 'text'));

  it.each(['否认', '否认药物过敏史', '无', '否认药物、食物过敏史。', '无药物及食物过敏史', '不详', '-', '否认食物或药物过敏'])('denies allergies with %s', (text) => {
    expect(allergies(text)).toEqual([]);
  });

  it.each(['青霉素过敏', '否认食物过敏，磺胺类药物过敏', '头孢皮试阳性', '海鲜'])('keeps %s word for word as an allergy', (text) => {
    expect(allergies(text)).toEqual([text]);
  });

  it('joins name and code of a diagnosis as neighbours, in either order, and keeps two diagnoses apart', () => {
    const code = (value: string): string => stated('DE05.01.024.00', `<value xsi:type="CD" code="${value}" codeSystem="2.16.156.10011.2.3.3.11.3"/>`);
    const name = (text: string): string => stated('DE05.01.025.00', st(text));
    const told = (...entries: readonly string[]): readonly string[] => resourcesOf(summary(...entries), 'Condition').map(({ code: of }) => `${textOf(at(of, 'coding', 0, 'code'))} ${textOf(at(of, 'text'))}`);
    expect(told(code('A00'), name('甲'), code('B00'), name('乙'))).toEqual(['A00 甲', 'B00 乙']);
    expect(told(name('甲'), code('A00'), name('乙'), code('B00'))).toEqual(['A00 甲', 'B00 乙']);
    expect(told(stated('DE05.01.024.00', '<value xsi:type="CD" code="A00" displayName="甲"/>'), name('乙'))).toEqual(['A00 甲', ' 乙']);
    expect(told(code('A00'), code('A00'))).toHaveLength(1);
  });

  it('has its words in a composition, and only quantities and codes as observations', () => {
    const message = summary(stated('DE04.01.119.00', st('头晕 <1周>'.replace('<', '&lt;'))), stated('DE04.10.188.00', '<value xsi:type="PQ" value="60.0" unit="kg"/>'), stated('DE06.00.310.00', '<value xsi:type="PQ" value="3" unit="天"/>'));
    expect(resourcesOf(message, 'Observation').map(({ code }) => at(code, 'coding', 0, 'code'))).toEqual(['DE04.10.188.00']);
    expect(at(one(message, 'Composition'), 'section', 0, 'text', 'div')).toContain('头晕 &lt;1周&gt;');
  });

  it('nests sections as the document does', () => {
    const body = `<component><section><title>外</title><component><section><title>内</title><text>字</text><entry>${stated('DE02.10.022.00', st('海鲜'))}</entry></section></component></section></component>`;
    const composition = one(read(documentOf({ template: '2.16.156.10011.2.1.1.73', body })), 'Composition');
    expect(at(composition, 'section', 0)).toMatchObject({ title: '外', section: [{ title: '内', text: { status: 'additional', div: expect.stringContaining('>字</div>') }, entry: [{ reference: expect.stringContaining('AllergyIntolerance') }] }] });
  });
});
