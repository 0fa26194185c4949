import { describe, expect, it } from 'vitest';
import type { Json } from './read.ts';
import { contribution, LOCAL, message, obr, obx, pid, pv1, record, records, segment, sent, source, take } from './read.ts';

const adt = (...lines: readonly string[]): string => message('ADT^A08', segment('EVN', { 2: '20260302091000' }), ...lines);
const patient = (fields: Readonly<Record<number, string>>): Json => record('Patient', adt(pid(fields)));
const RESIDENT = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';

describe('the numbers of a patient', () => {
  it('have the own number of the source first, under the system that gives the record its id', () => {
    const { identifier } = patient({ 3: '88^^^卡管中心^HC~200001^^^PUBIN^MR' });
    expect(identifier[0]).toEqual({ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: source.patientNumberSystem, value: '200001', assigner: { display: 'PUBIN' } });
    expect(identifier[1]).toMatchObject({ system: `${LOCAL}/identifiers/${encodeURIComponent('卡管中心')}`, value: '88' });
  });

  it('are told apart by a medical record number first, wherever it stands in the list', () => {
    const ids = ['1^^^^PI~2^^^^MR', '2^^^^MR~1^^^^PI', '2^^^^MR'].map((list) => patient({ 3: list }).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('follow the configured authority of the source before any type', () => {
    const text = adt(pid({ 3: '1^^^A^MR~2^^^B&1.2.3&ISO^XX' }));
    expect(record('Patient', text, { patientAuthority: 'B' }).identifier[0]).toMatchObject({ system: source.patientNumberSystem, value: '2', assigner: { display: 'B (1.2.3)' } });
    expect(record('Patient', text, { patientAuthority: '1.2.3' }).identifier[0]).toMatchObject({ value: '2' });
  });

  it.each([
    ['that is described', 'JIMING', 'https://bund.example/sources/hospital-d/patient-number'],
    ['that nobody described', 'MZK', `${LOCAL}/identifiers/MZK`],
  ])('of another authority %s are never the own ones, since two people may have one number', (_what, authority, system) => {
    const conventions = { patientAuthority: 'PUBIN', authorities: { PUBIN: source.patientNumberSystem, JIMING: 'https://bund.example/sources/hospital-d/patient-number' } };
    const of = (number: string) => record('Patient', adt(pid({ 3: number })), conventions);
    const foreign = of(`200001^^^${authority}^MR`);
    expect(foreign.identifier).toMatchObject([{ system, value: '200001' }]);
    expect(foreign.id).not.toBe(of('200001^^^PUBIN^MR').id);
    expect(of(`7^^^${authority}^MR~200001^^^PUBIN^PI`).id).toBe(of('200001^^^PUBIN^MR').id);
    expect(of('200001^^^^MR').id).toBe(of('200001^^^PUBIN^MR').id);
  });

  it('never share their system with the account, visit or order of an authority that names the whole hospital', () => {
    const conventions = { patientAuthority: 'PUBIN', authorities: { PUBIN: source.patientNumberSystem } };
    const text = message('ORU^R01', pid({ 3: '1^^^PUBIN^MR~2^^^PUBIN^PI', 18: '1^^^PUBIN' }), pv1({ 19: '1^^^PUBIN' }), obr({ 2: '1^PUBIN', 3: '1^PUBIN' }), obx());
    const systems = (type: string): string[] => records(text, conventions)(type).flatMap(({ identifier }: Json) => identifier.map(({ system }: Json) => system));
    expect(systems('Patient')).toEqual([source.patientNumberSystem, source.patientNumberSystem, expect.stringMatching(/identifiers\/account$/)]);
    expect([...systems('Encounter'), ...systems('DiagnosticReport'), ...systems('ServiceRequest')]).not.toContain(source.patientNumberSystem);
  });

  it('of an authority that the description gives another system are not the own ones either', () => {
    const conventions = { authorities: { JIMING: 'https://bund.example/sources/hospital-d/patient-number' } };
    expect(record('Patient', adt(pid({ 3: '1^^^JIMING^MR~2^^^HIS^PI' })), conventions).identifier).toMatchObject([{ system: source.patientNumberSystem, value: '2' }, { value: '1' }]);
  });

  it('never share a system with the own number where they name no authority', () => {
    const { identifier } = patient({ 3: '1^^^^MR~1^^^^PI' });
    expect(identifier.map(({ system }: Json) => system)).toEqual([source.patientNumberSystem, `${LOCAL}/identifiers/PI`]);
  });

  it.each([
    ['a configured namespace', 'A', 'https://a.example/numbers'],
    ['a configured universal id', '&9.9&ISO', 'https://nine.example/numbers'],
    ['an OID', 'X&1.2.3.4&ISO', 'urn:oid:1.2.3.4'],
    ['a domain', 'X&his.example&DNS', 'http://his.example'],
    ['a uri', 'X&https://his.example/n&URI', 'https://his.example/n'],
    ['a UUID', 'X&426D2726-51FC-89FE-A946-8596E80A80EB&GUID', 'urn:uuid:426d2726-51fc-89fe-a946-8596e80a80eb'],
    ['a universal id that is not what it claims', 'X&not.an.oid&ISO', `${LOCAL}/identifiers/X`],
    ['a namespace alone', 'X Y', `${LOCAL}/identifiers/X%20Y`],
    ['nothing', '', `${LOCAL}/identifiers/HC`],
  ])('get their system from %s', (_what, authority, system) => {
    const conventions = { authorities: { A: 'https://a.example/numbers', '9.9': 'https://nine.example/numbers' } };
    expect(record('Patient', adt(pid({ 3: `1^^^^MR~77^^^${authority}^HC` })), conventions).identifier[1]).toMatchObject({ system, value: '77' });
  });

  it.each(['31010119900307123x^^^^NNCHN', '31010119900307123x^^^^SFZ', '31010119900307123x^^^公安&2.16.156.10011.1.3&ISO', '31010119900307123x'])('hold the resident ID under its own system, as in %s', (number) => {
    const value = '310101199003071230';
    const [own, resident] = patient({ 3: `200001^^^^MR~${number.replace('31010119900307123x', value)}` }).identifier;
    expect(own.value).toBe('200001');
    expect(resident).toEqual({ use: 'official', type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NNCHN' }] }, system: RESIDENT, value });
  });

  it('write the last character of a resident ID as a capital', () => {
    expect(patient({ 3: '200001^^^^MR~11010519491231002x^^^^SFZ', 7: '19491231', 8: 'F' }).identifier[1].value).toBe('11010519491231002X');
  });

  it('name the field of a resident ID that is unsound', () => {
    expect(take(adt(pid({ 3: '200001^^^^MR~310101199003071239^^^^SFZ' }))).issues).toMatchObject([{ code: 'invariant', location: 'PID[1]-3' }]);
  });

  it('lose none of the other fields: PID-2, PID-4, account, social security and driving licence', () => {
    const { identifier } = patient({ 2: 'two^^^B', 4: 'four^^^C', 18: 'A1', 19: '123-45-6789', 20: 'D9^上海^20300101' });
    expect(identifier.map(({ value }: Json) => value)).toEqual(['200001', 'two', 'four', 'A1', '123-45-6789', 'D9']);
    expect(identifier[5]).toMatchObject({ period: { end: '2030-01-01' }, assigner: { display: '上海' } });
  });

  it('know a resident ID in PID-19', () => {
    expect(patient({ 19: '310101199003071230' }).identifier[1]).toMatchObject({ system: RESIDENT, value: '310101199003071230' });
  });
});

describe('the names of a patient', () => {
  it('follow Chinese order without blanks', () => {
    expect(patient({ 5: '张^三' }).name).toEqual([{ text: '张三', family: '张', given: ['三'] }]);
    expect(patient({ 5: '张三' }).name).toEqual([{ text: '张三', family: '张三' }]);
  });

  it('keep every repetition, with its use and its script', () => {
    const { name } = patient({ 5: '张^三^^^^^L^I~Zhang^San^^^^^L^A~老张^^^^^^N', 9: '张^小三' });
    expect(name.map(({ text, use }: Json) => [text, use])).toEqual([['张三', 'official'], ['San Zhang', 'official'], ['老张', 'nickname'], ['张小三', undefined]]);
    expect(name.slice(0, 2).map(({ extension }: Json) => extension[0].valueCode)).toEqual(['IDE', 'ABC']);
  });

  it('keep prefix, suffix, validity and the parts of a family name', () => {
    const [name] = patient({ 5: 'Beethoven&van&Beethoven^Ludwig^A^III^Dr^PhD^L^^^20100101&20200101' }).name;
    expect(name).toMatchObject({ text: 'Dr Ludwig A Beethoven III PhD', prefix: ['Dr'], suffix: ['III', 'PhD'], period: { start: '2010-01-01', end: '2020-01-01' } });
    expect(name._family.extension.map(({ valueString }: Json) => valueString)).toEqual(['van', 'Beethoven']);
  });
});

describe('the ways to reach a patient', () => {
  it('are numbers and addresses of electronic mail, of one field or of several', () => {
    const { telecom } = patient({ 13: '13800000000^PRN^CP~^^Internet^san@mail.example^86^21^63840000^12', 14: '(021)63841111^^PH^^^021^63841111', 40: '63842222^WPN^FX' });
    expect(telecom.map(({ system, value, use }: Json) => [system, value, use])).toEqual([
      ['phone', '13800000000', 'mobile'], ['phone', '+86 21 63840000 ext. 12', 'home'], ['email', 'san@mail.example', 'home'], ['phone', '(021)63841111', 'work'], ['fax', '63842222', 'work'],
    ]);
  });

  it('are addresses with their use, period and county', () => {
    const { address } = patient({ 11: '人民路&&12^3室^上海^上海市^200001^CN^H^^黄浦区^^^20200101&20250101~PO 1^^^^^^M' });
    expect(address).toEqual([
      { use: 'home', line: ['人民路 12', '3室'], city: '上海', district: '黄浦区', state: '上海市', postalCode: '200001', country: 'CN', period: { start: '2020-01-01', end: '2025-01-01' } },
      { type: 'postal', line: ['PO 1'] },
    ]);
  });
});

describe('what else is known of a patient', () => {
  it.each([['M', 'male'], ['F', 'female'], ['O', 'other'], ['U', 'unknown'], ['1', 'male'], ['2', 'female'], ['男', 'male'], ['?', 'unknown']])('is the gender: %s is %s', (code, gender) => {
    const { gender: found, _gender: original } = patient({ 8: code });
    expect(found).toBe(gender);
    expect(original === undefined).toBe(['M', 'F', 'O', 'U'].includes(code));
  });

  it('are birth, death, language, marital status, religion, ethnic group, citizenship and nationality', () => {
    const found = patient({ 6: '李^四', 7: '199003071530', 10: '2028-9^Asian^CDCREC', 15: 'zh', 16: 'M', 17: 'BUD', 22: '01^汉族^GB3304', 23: '上海', 25: '2', 26: 'CN', 28: 'CN', 29: '20260301120000' });
    expect(found).toMatchObject({
      birthDate: '1990-03-07', _birthDate: { extension: [{ valueDateTime: '1990-03-07T15:30:00+08:00' }] },
      deceasedDateTime: '2026-03-01T12:00:00+08:00', multipleBirthInteger: 2,
      communication: [{ language: { coding: [{ code: 'zh' }] } }], maritalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0002', code: 'M' }] },
    });
    expect(found.extension.map(({ url }: Json) => String(url).split('/').at(-1))).toEqual([
      'patient-mothersMaidenName', 'patient-race', 'patient-religion', 'patient-ethnic-group', 'patient-birthPlace', 'patient-citizenship', 'patient-nationality',
    ]);
  });

  it('is a marital status of another code system without a claim to be of the HL7 table', () => {
    expect(patient({ 16: '20^已婚^GB/T2261.2' }).maritalStatus.coding).toEqual([{ system: `${LOCAL}/code-systems/GB%2FT2261.2`, code: '20', display: '已婚' }]);
    expect(patient({ 16: '20' }).maritalStatus.coding).toEqual([{ code: '20' }]);
  });

  it('are relatives, as records and as contacts, and the mother of a newborn', () => {
    const read = records(adt(pid({ 6: '王^五', 21: 'M77^^^PUBIN^MR' }), segment('NK1', { 1: '1', 2: '李^四', 3: 'SPO^配偶', 5: '13900000000', 7: 'C', 15: 'F', 16: '19910101' })));
    const [mother, spouse] = read('RelatedPerson');
    expect(mother).toMatchObject({ relationship: [{ coding: [{ code: 'MTH' }] }], name: [{ text: '王五', use: 'maiden' }] });
    expect(mother.identifier[1]).toMatchObject({ value: 'M77' });
    expect(spouse).toMatchObject({ name: [{ text: '李四' }], gender: 'female', birthDate: '1991-01-01', telecom: [{ value: '13900000000' }] });
    expect(read('Patient')[0].contact).toMatchObject([{ name: { text: '李四' }, relationship: [{ coding: [{ code: 'SPO' }] }, { coding: [{ code: 'C' }] }] }]);
  });

  it('are the guarantor and the insurance', () => {
    const read = records(adt(pid(), segment('GT1', { 1: '1', 2: 'G1', 3: '李^四', 11: 'SPO' }), segment('IN1', { 1: '1', 2: '310^城镇职工医保', 3: 'YB^^^医保局', 4: '上海市医疗保障局', 12: '20200101', 15: '1', 16: '张^三', 17: 'SEL', 36: 'P-9', 49: 'YB-1' }), segment('IN2', { 61: 'M-2' })));
    expect(read('RelatedPerson')).toMatchObject([{ relationship: [{ coding: [{ code: 'GUAR' }] }, { coding: [{ code: 'SPO' }] }], name: [{ text: '李四' }] }]);
    expect(read('Coverage')).toMatchObject([{ status: 'active', subscriberId: 'YB-1', period: { start: '2020-01-01' }, payor: [{ display: '上海市医疗保障局' }], class: [{ value: '310', name: '城镇职工医保' }] }]);
    expect(read('Coverage')[0].identifier.map(({ value }: Json) => value)).toEqual(['200001/310/YB-1', 'YB-1', 'P-9', 'M-2']);
    expect(read('Organization')).toMatchObject([{ name: '上海市医疗保障局' }]);
  });

  it('are reached as institutions are, which have no home', () => {
    const insurance = (fields: Readonly<Record<number, string>>): Json => records(adt(pid(), segment('IN1', { 1: '1', 2: '310', 5: '人民路1号^^上海市^^^^H', 7: '63840000^PRN^PH~63840001^WPN^PH', ...fields })))('Organization');
    const reached = { address: [{ line: ['人民路1号'], city: '上海市' }], telecom: [{ system: 'phone', value: '63840000' }, { system: 'phone', value: '63840001', use: 'work' }] };
    for (const fields of [{ 3: 'YB^^^医保局', 4: '上海市医疗保障局' }, { 4: '上海市医疗保障局^^YB' }]) {
      expect(insurance(fields)).toMatchObject([reached]);
      expect(JSON.stringify(insurance(fields))).not.toContain('home');
    }
    const ordering = record('Organization', message('ORM^O01', pid(), segment('ORC', { 1: 'NW', 2: 'P1', 21: '心内科^^N1', 22: '人民路1号^^上海市^^^^H', 23: '63840000^PRN^PH' }), obr({ 3: '' })));
    expect(JSON.stringify(ordering)).not.toContain('home');
  });

  it('are allergies', () => {
    const [allergy] = records(adt(pid(), segment('AL1', { 1: '1', 2: 'DA', 3: 'PEN^青霉素', 4: 'SV', 5: '皮疹~休克', 6: '20200101' })))('AllergyIntolerance');
    expect(allergy).toMatchObject({
      clinicalStatus: { coding: [{ code: 'active' }] }, type: 'allergy', category: ['medication'], criticality: 'high', code: { coding: [{ code: 'PEN', display: '青霉素' }] }, onsetDateTime: '2020-01-01',
      reaction: [{ manifestation: [{ text: '皮疹' }], severity: 'severe' }, { manifestation: [{ text: '休克' }], severity: 'severe' }],
    });
  });

  it('are the comments that follow', () => {
    expect(record('Patient', adt(pid(), segment('NTE', { 1: '1', 3: '听力不好' }))).extension).toMatchObject([{ url: 'http://hl7.org/fhir/StructureDefinition/note', valueAnnotation: { text: '听力不好' } }]);
  });
});

describe('a message about a patient', () => {
  it('empties what the sender empties, and only that', () => {
    expect(contribution('Patient', adt(pid({ 13: '""', 16: '""', 29: '""' })))).toEqual({ authority: 1, cleared: ['telecom', 'maritalStatus', 'deceasedDateTime', 'deceasedBoolean'] });
    expect(contribution('Patient', adt(pid({ 13: '""', 14: '63840000' })))?.cleared).toEqual([]);
  });

  it('counts more than one that mentions the patient', () => {
    expect(contribution('Patient', message('ORU^R01', pid()))).toEqual({ authority: 0, cleared: [] });
  });

  it('is told the field of a time that does not exist', () => {
    expect(take(adt(pid({ 7: '19900230' }))).issues).toMatchObject([{ code: 'value', location: 'PID[1]-7' }]);
  });

  it('names its institution as the keeper of the record', () => {
    expect(patient({}).managingOrganization).toMatchObject({ reference: 'Organization/pubin' });
  });

  it('that names no patient is refused, with where it should stand', () => {
    expect(sent(message('ADT^A01', pv1())).faults).toMatchObject([{ issue: { code: 'required', location: 'MSH[1]' } }]);
  });
});
