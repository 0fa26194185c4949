import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject, Resource } from '../../../src/fhir/resource.ts';
import { blockingKeys, featuresOf, FIELDS, judge, type Judgement, loadMatchModel } from '../../../src/identity/matching/index.ts';

const model = await loadMatchModel(path.join(import.meta.dirname, '../../../profiles/identity/model.json'));
const SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';

interface Told { readonly name?: string | JsonObject | readonly JsonObject[]; readonly born?: string; readonly sex?: string; readonly id?: string; readonly passport?: string; readonly phone?: string; readonly home?: string; readonly mother?: string; readonly more?: JsonObject }

function patient({ name, born, sex, id, passport, phone, home, mother, more }: Told): Resource {
  const names = name === undefined ? [] : typeof name === 'string' ? [{ text: name }] : Array.isArray(name) ? name : [name];
  return {
    resourceType: 'Patient', name: names, identifier: [
      ...(id === undefined ? [] : [{ system: SYSTEM, value: id }]),
      ...(passport === undefined ? [] : [{ type: { coding: [{ code: 'PPN' }] }, value: passport }]),
    ],
    ...(born === undefined ? {} : { birthDate: born }), ...(sex === undefined ? {} : { gender: sex }),
    telecom: phone === undefined ? [] : [{ system: 'phone', value: phone }], address: home === undefined ? [] : [{ text: home }],
    contact: mother === undefined ? [] : [{ relationship: [{ text: '母亲' }], name: { text: mother } }], ...more,
  };
}

function judged(a: Told, b: Told): Judgement {
  const [left, right] = [featuresOf(patient(a)), featuresOf(patient(b))];
  const judgement = judge(left, right, model);
  expect(judge(right, left, model)).toEqual(judgement);
  return judgement;
}

function meet(a: Told, b: Told): boolean {
  const keys = blockingKeys(featuresOf(patient(a)));
  return blockingKeys(featuresOf(patient(b))).some((key) => keys.includes(key));
}

const WEI: Told = { name: '陆晓岚', born: '1990-03-07', sex: 'male', id: '310101199003071230', phone: '10012345670', home: '上海市黄浦区梧桐路120弄5号1203室' };
const { id: _id, ...WITHOUT_ID } = WEI;

describe('the same valid number', () => {
  it('and the same name is one person for certain', () => expect(judged(WEI, { name: '陆晓岚', id: '310101199003071230' })).toMatchObject({ grade: 'certain', rule: 'resident-id' }));
  it.each(['陸曉嵐', '陆 晓岚', 'Lu Xiaolan', '陆小岚'])('and the name written %s is one person for certain', (name) => expect(judged(WEI, { ...WEI, name })).toMatchObject({ grade: 'certain', rule: 'resident-id' }));
  it('under another name is a lent card', () => expect(judged(WEI, { ...WEI, name: '王芳' })).toMatchObject({ grade: 'probable', rule: 'lent-card' }));
  it('under the name of a brother is a lent card', () => expect(judged(WEI, { ...WEI, name: '陆晓明' })).toMatchObject({ grade: 'probable', rule: 'lent-card' }));
  it('and name, with another birth date, is for a human', () => expect(judged(WEI, { ...WEI, born: '1951-10-22' })).toMatchObject({ grade: 'probable', rule: 'lent-card' }));
  it('that one record contradicts by its own birth date is for a human', () => expect(featuresOf(patient({ ...WEI, born: '1951-10-22' })).contradicts).toEqual(['birthDate']));
  it('and name, with a wrong tick for the sex, is one person for certain', () => expect(judged(WEI, { ...WEI, sex: 'female' })).toMatchObject({ grade: 'certain', rule: 'resident-id' }));
  it('without a name to compare is for a human', () => expect(judged(WEI, { ...WEI, name: [] })).toMatchObject({ grade: 'probable', rule: 'weights' }));
  it('of 15 digits is that of 18', () => {
    const old: Told = { name: '顾福生', born: '1950-01-01', sex: 'female', id: '310103500101002' };
    expect(judged(old, { ...old, id: '310103195001010025' })).toMatchObject({ grade: 'certain', rule: 'resident-id' });
    expect(meet(old, { name: '顾福生', id: '310103195001010025' })).toBe(true);
  });
  it('beside a second one joins nobody by itself', () => {
    const both = { identifier: [{ system: SYSTEM, value: '310101199003071230' }, { system: SYSTEM, value: '310103195001010025' }] };
    expect(judged(WEI, { ...WEI, more: both })).toMatchObject({ grade: 'probable', rule: 'lent-card' });
  });
  it('does not count birth date and sex again', () => {
    const { fields } = judged(WEI, WEI);
    expect(fields.filter(({ field }) => field === 'birthDate' || field === 'sex').map(({ weight }) => weight)).toEqual([0, 0]);
  });
});

describe('numbers that differ', () => {
  it('part two records whatever else agrees', () => expect(judged(WEI, { ...WEI, id: '310101199003071257' })).toMatchObject({ grade: 'not', rule: 'contradiction' }));
  it('by a slip that makes one of them invalid do not', () => expect(judged(WEI, { ...WEI, id: '310101199003071231' })).toMatchObject({ grade: 'certain', rule: 'weights' }));
});

describe('without numbers', () => {
  it('name, birth date and phone are enough', () => expect(judged(WITHOUT_ID, { ...WITHOUT_ID, home: '上海市静安区银杏路9号' })).toMatchObject({ grade: 'certain', rule: 'weights' }));
  it('a common name and a birth date are not', () => {
    const common: Told = { name: '王丽', born: '1985-06-01', sex: 'female' };
    expect(judged(common, common).grade).toBe('probable');
    expect(judged({ ...common, name: '尉迟嵘' }, { ...common, name: '尉迟嵘' }).grade).toBe('certain');
  });
  it('a rare name says more than a common one', () => {
    const scoreOf = (name: string): number => judged({ name, born: '1985-06-01' }, { name, born: '1985-06-01' }).score;
    expect(scoreOf('尉迟嵘')).toBeGreaterThan(scoreOf('王丽') + 5);
  });
  it.each([
    ['swapped', '1990-07-03'], ['digit', '1990-03-01'], ['year', '1990-01-01'],
  ])('a birth date that is %s is borne by name, phone and home together', (level, born) => {
    const judgement = judged(WITHOUT_ID, { ...WITHOUT_ID, born });
    expect(judgement.fields.find(({ field }) => field === 'birthDate')?.level).toBe(level);
    expect(['certain', 'probable']).toContain(judgement.grade);
    expect(meet(WITHOUT_ID, { ...WITHOUT_ID, born })).toBe(true);
  });
  it('the lunar date is met by one of the common calendar', () => {
    const elder: Told = { name: '施桂宝', born: '1950-03-05', sex: 'female', phone: '10012345671', home: '黄浦区银杏路8号' };
    const lunar = { ...elder, born: '1950-01-17' };
    expect(judged(elder, lunar)).toMatchObject({ grade: 'certain' });
    expect(judged(elder, lunar).fields.find(({ field }) => field === 'birthDate')?.level).toBe('lunar');
    expect(meet({ name: '施桂宝', born: '1950-03-05' }, { name: '施桂宝', born: '1950-01-17' })).toBe(true);
  });
  it('another birth date is never certain', () => expect(judged(WITHOUT_ID, { ...WITHOUT_ID, born: '1951-10-22' }).grade).not.toBe('certain'));
});

describe('people of one household', () => {
  const home = { phone: '10012345670', home: '上海市黄浦区梧桐路120弄5号1203室', mother: '林静' };
  it.each([['陈一诺', '陈一凡'], ['陈佳怡', '陈佳悦'], ['陈浩', '陈宇']])('twins %s and %s are two', (a, b) => {
    expect(judged({ ...home, name: a, born: '2018-05-02', sex: 'male' }, { ...home, name: b, born: '2018-05-02', sex: 'male' }).grade).not.toBe('certain');
  });
  it('twins who say which they are contradict each other', () => {
    const twin: Told = { ...home, name: '林静之子', born: '2025-05-02', sex: 'male' };
    expect(judged({ ...twin, more: { multipleBirthInteger: 1 } }, { ...twin, more: { multipleBirthInteger: 2 } })).toMatchObject({ grade: 'not', rule: 'contradiction' });
  });
  it('twins whose names say which they are contradict each other', () => {
    const twin: Told = { ...home, born: '2025-05-02', sex: 'female' };
    expect(judged({ ...twin, name: '林静之大女' }, { ...twin, name: '林静之二女' })).toMatchObject({ grade: 'not', rule: 'contradiction' });
    expect(judged({ ...twin, name: '林静之子', sex: 'male' }, { ...twin, name: '林静之女' }).grade).not.toBe('certain');
  });
  it('newborns under the name of their mother may be twins: a human decides', () => {
    const newborn: Told = { ...home, name: '林静之子', born: '2025-05-02', sex: 'male' };
    expect(judged(newborn, newborn).grade).toBe('probable');
  });
  it('a newborn that has a name now is found for a human', () => {
    const [before, after] = [{ ...home, name: '林静之女', born: '2025-05-02', sex: 'female' }, { ...home, name: '陈一诺', born: '2025-05-02', sex: 'female' }];
    expect(judged(before, after)).toMatchObject({ grade: 'probable' });
    expect(meet(before, after)).toBe(true);
  });
  it('father and son are two', () => expect(judged({ ...WITHOUT_ID, name: '陆国强', born: '1960-04-02' }, { ...WITHOUT_ID, name: '陆强', born: '1990-03-07' }).grade).not.toBe('certain'));
  it('husband and wife are two', () => expect(judged(WITHOUT_ID, { ...WITHOUT_ID, name: '王丽', born: '1991-08-12', sex: 'female' }).grade).toBe('not'));
});

describe('renamed people', () => {
  it('are one where the old name is told', () => expect(judged({ ...WITHOUT_ID, name: '陆卫东' }, { ...WITHOUT_ID, name: [{ text: '陆晓岚' }, { text: '陆卫东', use: 'old' }] }).grade).toBe('certain'));
  it('with the number and the old name are one by rule', () => expect(judged({ ...WEI, name: '陆卫东' }, { ...WEI, name: [{ text: '陆晓岚' }, { text: '陆卫东', use: 'old' }] })).toMatchObject({ grade: 'certain', rule: 'resident-id' }));
  it('with the number only are for a human', () => expect(judged(WEI, { ...WEI, name: '陆卫东' })).toMatchObject({ grade: 'probable' }));
});

describe('foreigners', () => {
  const john: Told = { name: { family: 'Schneider', given: ['Margaret'] }, born: '1980-02-11', sex: 'female', passport: 'C12345678', phone: '10012345672' };
  const { passport: _passport, ...unproven } = john;
  it.each([
    { family: 'SCHNEIDER', given: ['MARGARET'] }, { family: 'Margaret', given: ['Schneider'] }, { family: 'Schnieder', given: ['Margaret'] }, { family: 'Schneider', given: ['Maggie'] }, { family: 'Schneider', given: ['Margaret', 'Anne'] },
  ])('are found as %j', (name) => {
    expect(judged(john, { ...john, name }).grade).toBe('certain');
    expect(judged(unproven, { ...unproven, name }).grade).not.toBe('not');
    expect(meet(unproven, { ...unproven, name })).toBe(true);
  });
  it('under whose passport another stands lent it', () => expect(judged(john, { ...john, name: 'Emily Clark' })).toMatchObject({ grade: 'probable', rule: 'lent-card' }));
});

describe('a judgement', () => {
  it('tells every field, and its weights and the prior make the score', () => {
    const { fields, score } = judged(WITHOUT_ID, WITHOUT_ID);
    expect(fields.map(({ field }) => field)).toEqual(FIELDS);
    const sum = fields.reduce((total, { weight }) => total + weight, 0);
    expect([model.priors.stranger, model.priors.household].map((prior) => (prior + sum).toFixed(6))).toContain(score.toFixed(6));
  });

  it('takes guardians from RelatedPersons', () => {
    const mother: Resource = { resourceType: 'RelatedPerson', relationship: [{ coding: [{ code: 'MTH' }] }], name: [{ text: '林静' }], telecom: [{ system: 'phone', value: '10012345670' }] };
    const child = patient({ name: '陈一诺', born: '2018-05-02' });
    expect(featuresOf(child, [mother])).toMatchObject({ guardians: [{ full: '林静' }], phones: ['10012345670'] });
    expect(featuresOf(child, [{ ...mother, relationship: [{ coding: [{ code: 'SPS' }] }] }]).guardians).toEqual([]);
  });
});
