import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../src/normalize/cda/data-elements.ts';
import { childAt } from '../../../src/normalize/cda/element.ts';
import type { Item } from '../../../src/normalize/cda/items.ts';
import { itemsOf } from '../../../src/normalize/cda/items.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { parseDocument } from '../../../src/normalize/cda/parse-document.ts';
import { documentOf, inside, st, stated, studies } from './documents.ts';

function itemsIn(...entries: readonly string[]): readonly Item[] {
  const root = parseDocument(documentOf({ body: studies(...entries) }), CDA_LIMITS);
  return itemsOf(childAt(root, 'component', 'structuredBody', 'component', 'section')!);
}

const told = (...entries: readonly string[]): readonly string[] =>
  itemsIn(...entries).map(({ code, name, result, resultCode, unit, method }) => [code, name, result, resultCode, unit, method].map((observation) => wordsOf(observation) ?? '').join('|'));

const code = (text: string): string => stated('DE04.30.019.00', st(text));
const name = (text: string): string => stated('DE04.30.020.00', st(text));
const quantity = (text: string, unit = 'g/L'): string => stated('DE04.30.015.00', `<value xsi:type="REAL" value="${text}"/>`, inside(stated('DE04.30.016.00', st(unit))));
const flag = (text: string): string => stated('DE04.30.017.00', `<value xsi:type="CD" code="1" displayName="${text}"/>`);
const method = (text: string): string => stated('DE02.10.027.00', st(text));
const organizer = (...parts: readonly string[]): string => `<organizer>${parts.map((part) => `<component>${part}</component>`).join('')}</organizer>`;

describe('the items of a section', () => {
  it('are one for each organizer, in whatever order its statements come', () => {
    expect(told(organizer(code('A'), flag('正常'), quantity('1')), organizer(quantity('2', 'L'), flag('异常'), code('B'), name('乙')))).toEqual(['A||1|正常|g/L|', 'B|乙|2|异常|L|']);
  });

  it('are cut from a run of statements where the next one begins', () => {
    expect(told(code('A'), flag('正常'), quantity('1'), code('B'), quantity('2'), code('C'), flag('异常'), code('D'), quantity('4'))).toEqual(['A||1|正常|g/L|', 'B||2||g/L|', 'C|||异常||', 'D||4||g/L|']);
  });

  it('are cut before a name that stands behind a result', () => {
    expect(told(name('甲'), code('A'), quantity('1'), name('乙'), code('B'), quantity('2'))).toEqual(['A|甲|1||g/L|', 'B|乙|2||g/L|']);
  });

  it('are cut from one organizer with several codes, and from organizers inside one', () => {
    expect(told(organizer(code('A'), quantity('1'), code('B'), quantity('2')))).toEqual(['A||1||g/L|', 'B||2||g/L|']);
    expect(told(organizer(organizer(quantity('1'), code('A')), organizer(code('B'), quantity('2'))))).toEqual(['A||1||g/L|', 'B||2||g/L|']);
  });

  it('hold statements that are nested below the name of the item', () => {
    expect(told(stated('DE04.30.020.00', st('血红蛋白'), inside(quantity('120'))))).toEqual(['|血红蛋白|120||g/L|']);
  });

  it('have the method that stands before them, and their own before that', () => {
    expect(told(method('甲法'), code('A'), quantity('1'), method('乙法'), code('B'), quantity('2'), organizer(code('C'), quantity('3'), method('丙法')), organizer(code('D'), quantity('4')))).toEqual([
      'A||1||g/L|甲法', 'B||2||g/L|乙法', 'C||3||g/L|丙法', 'D||4||g/L|乙法',
    ]);
  });

  it('are observations that are coded by the item itself', () => {
    const coded = '<observation><code code="718-7" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="PQ" value="120" unit="g/L"/></observation>';
    const items = itemsIn(organizer(coded, coded), coded);
    expect(items).toHaveLength(3);
    expect(items.every(({ isCodedByItem, result, code: of }) => isCodedByItem && result === of)).toBe(true);
  });

  it('are nothing where the template was left empty', () => {
    expect(told(organizer(code(''), flag('').replace(' code="1"', ''), stated('DE04.30.015.00', '<value xsi:type="REAL" value=""/>')), code('-'))).toEqual([]);
  });

  it('take the misprinted element for the item code, and no other statement for an item', () => {
    expect(told(stated('DE04.50.019.00', st('A')), stated('DE04.30.018.00', st('血常规')), quantity('1'))).toEqual(['A||1||g/L|']);
  });
});
