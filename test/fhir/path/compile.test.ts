import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/fhir/json.ts';
import { compilePath, itemOf, plain, type Path } from '../../../src/fhir/path/compile.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { definitions } from '../definitions.ts';

function compiled(expression: string, focus: string): Path {
  const result = compilePath(expression, { definitions, focus });
  if (!result.ok) throw new Error(result.reason);
  return result.path;
}

function evaluate(expression: string, resource: Resource): unknown[] {
  return compiled(expression, resource.resourceType).evaluate(resource).map((item) => plain(item));
}

const OBSERVATION = parseJson(JSON.stringify({
  resourceType: 'Observation', id: 'o1', status: 'final',
  contained: [{ resourceType: 'Patient', id: 'pat', active: true, deceasedBoolean: false }],
  extension: [{ url: 'https://a.example/x', valueCode: 'red' }, { url: 'https://a.example/y', valueQuantity: { value: 1 } }],
  code: { coding: [{ system: 'http://loinc.org', code: '718-7' }, { system: 'urn:local', code: 'HGB' }], text: '血红蛋白' },
  subject: { reference: 'Patient/p1' }, focus: [{ reference: '#pat' }, { reference: 'urn:uuid:1' }, { type: 'Device', identifier: { value: 'd' } }],
  effectiveDateTime: '2026-03-01T08:00:00+08:00', issued: '2026-03-01T09:00:00.000+08:00',
  valueQuantity: { value: 142, unit: 'g/L', system: 'http://unitsofmeasure.org', code: 'g/L' },
  referenceRange: [{ low: { value: 115, unit: 'g/L' }, high: { value: 150, unit: 'g/L' } }, { text: 'of old' }],
  component: [{ code: { text: 'a' }, valueInteger: 1 }, { code: { text: 'b' }, valueString: 'x' }, { code: { text: 'c' }, valueCodeableConcept: { text: 'cc' } }],
})) as Resource;

const PATIENT = parseJson(JSON.stringify({
  resourceType: 'Patient', id: 'p1', active: true, birthDate: '1990-03', _birthDate: { extension: [{ url: 'https://a.example/time', valueDateTime: '1990-03-07' }] },
  _gender: { extension: [{ url: 'https://a.example/unknown', valueBoolean: true }] },
  name: [{ use: 'official', family: '欧阳', given: ['小', '红'], _given: [null, { extension: [{ url: 'https://a.example/pinyin', valueString: 'hong' }] }] }, { use: 'nickname', text: 'Red' }],
  deceasedBoolean: false, multipleBirthInteger: 2,
  telecom: [{ system: 'phone', value: '021-1' }, { system: 'email', value: 'a@b.example' }],
})) as Resource;

describe('compilePath on an Observation', () => {
  it.each<[string, unknown[]]>([
    // paths, types and choices
    ['Observation.status', ['final']],
    ['status', ['final']],
    ['Patient.name', []],
    ['DomainResource.id', ['o1']],
    ['code.coding.code', ['718-7', 'HGB']],
    ['code.coding[1].code', ['HGB']],
    ['code.coding[7].code', []],
    ['value.unit', ['g/L']],
    ['value.ofType(Quantity).value', [142]],
    ['(value as Quantity).value', [142]],
    ['value.as(string)', []],
    ['value is Quantity', [true]],
    ['value is string', [false]],
    ['dataAbsentReason is CodeableConcept', []],
    ['component.value', [1, 'x', { text: 'cc' }]],
    ['(component.value as CodeableConcept).text', ['cc']],
    ['component.value.ofType(integer)', [1]],
    ['effective is dateTime', [true]],
    ['extension.value.ofType(code)', ['red']],
    ["extension('https://a.example/x').value", ['red']],
    ['status | code.text | status', ['final', '血红蛋白']],
    // where types show only in the data
    ['contained.active', [true]],
    ['contained.deceased', [false]],
    ['contained.deceased as boolean', [false]],
    ['contained.ofType(Patient).id', ['pat']],
    ['contained.where($this is Observation)', []],
    ['%resource.code.text', ['血红蛋白']],
    ['%context.status', ['final']],
    ['%rootResource.contained.id', ['pat']],
    // existence and filters
    ['value.exists() and dataAbsentReason.empty()', [true]],
    ["code.coding.where(system = 'urn:local').code", ['HGB']],
    ["code.coding.exists(code = 'HGB')", [true]],
    ['referenceRange.all(low.exists() or text.exists())', [true]],
    ['referenceRange.select(low.value)', [115]],
    ['component.count()', [3]],
    ['component.where($index > 0).code.text', ['b', 'c']],
    ['component.code.text.first() | component.code.text.last()', ['a', 'c']],
    ['component.tail().code.text', ['b', 'c']],
    ['component.skip(1).take(1).code.text', ['b']],
    ['code.coding.system.isDistinct()', [true]],
    ['(status | status).count()', [1]],
    ['status.combine(status).isDistinct()', [false]],
    ['status.combine(status).distinct()', ['final']],
    ["code.coding.code.intersect('HGB' | 'x')", ['HGB']],
    ["code.coding.code.exclude('HGB')", ['718-7']],
    ["('HGB').subsetOf(code.coding.code)", [true]],
    ["code.coding.code.supersetOf('nope')", [false]],
    ["iif(value.exists(), 'yes', 'no')", ['yes']],
    ["iif(issued.empty(), 'yes')", []],
    ['component.value.select($this is integer).allTrue()', [false]],
    ['component.value.select($this is integer).anyTrue()', [true]],
    // references
    ['subject.where(resolve() is Patient).reference', ['Patient/p1']],
    ['subject.where(resolve() is Group)', []],
    ['focus.where(resolve() is Patient).reference', ['#pat']],
    ['focus.where(resolve() is Device).identifier.value', ['d']],
    ['focus.resolve().active', [true]],
    // the tree
    ['referenceRange.children().count()', [3]],
    ['referenceRange.descendants().where($this = 115)', [115]],
    ["descendants().where(as(canonical) = '#pat').exists()", [true]],
    ['contained.descendants().count()', [3]],
    ["repeat(component).code.text", ['a', 'b', 'c']],
    // operators
    ['referenceRange[0].low <= referenceRange[0].high', [true]],
    ['value > referenceRange[0].high', [false]],
    ["value > 5 'mg/L'", []],
    ["value < 200 'g/L'", [true]],
    ['value.value + 8 = 150', [true]],
    ['-value.value', [-142]],
    ['7 div 2 + 7 mod 2 * 1.5', [4.5]],
    ['1 / 0', []],
    ["'a' + 'b' & {}", ['ab']],
    ["status in ('final' | 'amended')", [true]],
    ["('final' | 'amended') contains status", [true]],
    ['effective <= issued', [true]],
    ['effective < @2026-03-02', [true]],
    ['effective < @2026-03-01', []],
    ['effective = @2026-03-01T00:00:00Z', [true]],
    ["status = 'final' xor status = 'amended'", [true]],
    ["status = 'amended' implies false", [true]],
    ['{} and false', [false]],
    ['{} or true', [true]],
    ['{} and true', []],
    ['dataAbsentReason = value', []],
    ['component.value = component.value', [true]],
    ['code.coding = code', [false]],
    // texts
    ["code.text.startsWith('血')", [true]],
    ["code.text.endsWith('白')", [true]],
    ["code.text.contains('x')", [false]],
    ["status.matches('^f')", [true]],
    ["status.replaceMatches('[aeiou]', '*')", ['f*n*l']],
    ["status.replace('final', 'done')", ['done']],
    ['status.substring(1)', ['inal']],
    ['status.substring(1, 2)', ['in']],
    ['status.substring(9)', []],
    ["status.indexOf('n')", [2]],
    ['status.length()', [5]],
    ['status.upper().lower()', ['final']],
    ['value.value.toString()', ['142']],
    ["'42'.toInteger()", [42]],
    ["'x'.toInteger()", []],
    ["subject.reference.substring(0, 7).trace('t') = 'Patient'", [true]],
    ['%ucum = value.system', [true]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, OBSERVATION)).toEqual(expected);
  });
});

describe('compilePath on primitives with extensions', () => {
  it.each<[string, unknown[]]>([
    ['birthDate', ['1990-03']],
    ["birthDate.extension('https://a.example/time').value", ['1990-03-07']],
    ['birthDate.hasValue()', [true]],
    ['gender.exists()', [true]],
    ['gender.hasValue()', [false]],
    ['gender.extension.value', [true]],
    ['name.given.count()', [2]],
    ['name.given.extension.value', ['hong']],
    ["name.given.where($this = '红').count()", [1]],
    ['deceased.exists() and deceased != false', [false]],
    ['multipleBirth + 1', [3]],
    ["telecom.where(system = 'email').value", ['a@b.example']],
    ['birthDate < @1990-04', [true]],
    ['birthDate < @1990-03-15', []],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, PATIENT)).toEqual(expected);
  });

  it('takes an item that is already joined with its extensions as the focus', () => {
    const focus = itemOf('1990-03', { extension: [{ url: 'a', valueString: 'b' }] });
    expect(compiled('extension.value', 'date').evaluate(focus ?? null)).toEqual(['b']);
  });
});

describe('compilePath', () => {
  it('keeps the precision of decimals it only passes on, and compares them by value', () => {
    const exact = parseJson('{"resourceType":"Observation","valueQuantity":{"value":6.0}}') as Resource;
    expect(JSON.stringify(evaluate('value.value', exact))).toBe('[6.0]');
    expect(evaluate('value.value = 6 and value.value <= 6.00', exact)).toEqual([true]);
  });

  it('compares two dates of unknown type as dates, in any zone', () => {
    const bundle: Resource = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Period', start: '2026-03-01T08:00:00+08:00', end: '2026-03-01T01:00:00Z' } }] };
    expect(evaluate('entry.resource.select(start < end)', bundle)).toEqual([true]);
  });

  it('tells what it knows of the result', () => {
    expect(compiled('value', 'Observation').shapes?.map((shape) => shape.type)).toContain('Quantity');
    expect(compiled('gender', 'Patient').shapes?.[0]?.declaredBy?.binding?.valueSet).toBe('http://hl7.org/fhir/ValueSet/administrative-gender');
    expect(compiled('contained', 'Patient').shapes).toBeUndefined();
  });

  it('reads an invariant as true, false or undecided', () => {
    const rule = compiled('start <= end', 'Period');
    expect(rule.test({ start: '2026', end: '2027' })).toBe(true);
    expect(rule.test({ start: '2027', end: '2026' })).toBe(false);
    expect(rule.test({ start: '2026', end: '2026-05' })).toBeUndefined();
  });

  it('tells the branches of a choice apart in an invariant on its element', () => {
    const rule = compiled('prediction.all(probability is decimal implies (probability as decimal) <= 100)', 'RiskAssessment');
    expect(rule.test({ resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 99 }, { probabilityRange: { low: { value: 500 } } }] })).toBe(true);
    expect(rule.test({ resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 101 }] })).toBe(false);
  });

  it('uses the resolver it is given', () => {
    const path = compiled('subject.resolve().active', 'Observation');
    const resolve = (reference: string) => (reference === 'Patient/p1' ? PATIENT : undefined);
    expect(path.evaluate(OBSERVATION, { resource: OBSERVATION, resolve })).toEqual([true]);
  });

  it.each([
    ['valeu.exists()', "Observation has no element 'valeu'"],
    ['value.ofType(Quantity).cod', "Quantity has no element 'cod'"],
    ['component.foo', "Observation.component has no element 'foo'"],
    ['status.memberOf(\'x\')', 'the function memberOf() is not compiled'],
    ['status ~ code', 'the operator ~ is not compiled'],
    ['value is Nothing', 'there is no type Nothing'],
    ['%unknown', 'there is no variable %unknown'],
    ["status.matches('(')", "'(' is not a regular expression"],
    ['status.matches(id)', 'matches() needs a literal pattern'],
    ['where()', 'where() takes one argument'],
    ['text.div.htmlChecks()', 'htmlChecks() is a rule of the validator'],
    ['status =', 'unexpected end'],
  ])('says why it cannot compile %s', (expression, reason) => {
    expect(compilePath(expression, { definitions, focus: 'Observation' })).toEqual({ ok: false, reason });
  });

  it('evaluates any JSON without throwing', () => {
    const paths = ['Observation.value.exists() or component.value.unit.empty()', 'descendants().where(as(uri) = 1)', 'subject.resolve().is(Patient)', 'code.coding.code.distinct() = code.coding.system', 'issued > effective', "extension('a').value & status", 'contained.value'].map((expression) => compiled(expression, 'Observation'));
    const names = fc.constantFrom('value', 'valueQuantity', 'code', 'coding', 'component', '_status', 'status', 'subject', 'reference', 'issued', 'extension', 'contained', '_extension');
    const { tree } = fc.letrec((tie) => ({ tree: fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(names, tie('tree'), { maxKeys: 5 })) }));
    fc.assert(fc.property(fc.dictionary(names, tree), (members) => {
      const resource = { ...members, resourceType: 'Observation' } as Resource;
      for (const path of paths) path.evaluate(resource);
    }));
  });
});
