import { describe, expect, it } from 'vitest';
import { codeTest } from '../../../src/fhir/validation/binding.ts';
import { isCodeOfGrammar } from '../../../src/fhir/validation/code-grammar.ts';
import { definitions, faultsOf, observation, patient, validate } from './validate.ts';

describe('a required binding', () => {
  it('of a code is checked by the code, and the sentence names what to choose from', () => {
    const [issue] = validate(observation({ status: 'final2' }));
    expect(issue).toEqual({
      severity: 'error', code: 'code-invalid', expression: 'Observation.status',
      diagnostics: '`status` has the code `final2`, which is not in the value set observation-status; use one of registered, preliminary, final, amended, corrected, cancelled, entered-in-error, unknown',
    });
  });

  const condition = (clinicalStatus: object): object => ({ resourceType: 'Condition', subject: { reference: 'Patient/p1' }, code: { text: 'x' }, clinicalStatus });
  const system = 'http://terminology.hl7.org/CodeSystem/condition-clinical';

  it('of a concept is checked by system and code of any coding', () => {
    expect(faultsOf(condition({ coding: [{ system, code: 'active' }] }))).toEqual([]);
    expect(faultsOf(condition({ coding: [{ system: 'https://a.example', code: '1' }, { system, code: 'active' }] }))).toEqual([]);
    expect(faultsOf(condition({ coding: [{ system: 'https://a.example', code: 'active' }] }))).toEqual(['code-invalid Condition.clinicalStatus']);
    expect(faultsOf(condition({ coding: [{ code: 'active' }] }))).toEqual(['code-invalid Condition.clinicalStatus']);
    expect(faultsOf(condition({ coding: [{ system, code: 'acute' }] }))).toEqual(['code-invalid Condition.clinicalStatus']);
    expect(faultsOf(condition({ text: 'active' }))).toEqual(['code-invalid Condition.clinicalStatus']);
  });

  it('holds inside data types', () => {
    expect(faultsOf(patient({ name: [{ use: 'legal', text: 'x' }] }))).toEqual(['code-invalid Patient.name[0].use']);
    expect(faultsOf(patient({ telecom: [{ system: 'wechat', value: 'x' }] }))).toEqual(['code-invalid Patient.telecom[0].system']);
  });

  it('that is only extensible or preferred refuses nothing', () => {
    expect(faultsOf(patient({ maritalStatus: { coding: [{ system: 'https://a.example', code: 'x' }] }, language: 'zh-CN' }))).toEqual([]);
  });

  it('of media types, currencies and units is checked by their grammar', () => {
    expect(faultsOf(patient({ photo: [{ contentType: 'image/png', url: 'https://a.example/p' }] }))).toEqual([]);
    expect(faultsOf(patient({ photo: [{ contentType: 'image png', url: 'https://a.example/p' }] }))).toEqual(['code-invalid Patient.photo[0].contentType']);
    const invoice = (currency: string): object => ({ resourceType: 'Invoice', status: 'draft', totalNet: { value: 1, currency } });
    expect(faultsOf(invoice('CNY'))).toEqual([]);
    expect(faultsOf(invoice('yuan'))).toEqual(['code-invalid Invoice.totalNet.currency']);
  });
});

describe('the value sets of required bindings', () => {
  it('are all expanded', () => {
    expect([...definitions.valueSets.values()].filter((valueSet) => valueSet.incomplete)).toEqual([]);
    expect(definitions.valueSets.size).toBeGreaterThan(200);
  });

  it('are named by url where they have too many codes to list', () => {
    const codes = Array.from({ length: 50 }, (_, i) => `c${i}`);
    expect(codeTest({ url: 'https://a.example/ValueSet/big', systems: { 'https://a.example': codes }, incomplete: false }).advice).toBe('the value set big (https://a.example/ValueSet/big)');
  });
});

describe('the grammar of a code system', () => {
  it.each([
    ['urn:ietf:bcp:13', ['application/fhir+json', 'text/plain; charset=utf-8', 'xml', 'application/dicom; variant=DICOM WADO-RS', 'image/*'], ['a/b/c', 'text/', '', 'text plain']],
    ['urn:ietf:bcp:47', ['zh', 'zh-CN', 'zh-Hans-CN', 'en-x-private'], ['z', 'zh_CN', '中文', '']],
    ['urn:iso:std:iso:4217', ['CNY', 'EUR'], ['cny', 'RMB1', '']],
    ['http://unitsofmeasure.org', ['mmol/L', '10*9/L', '{S_CO}', 'mL/min/{1.73_m2}', 'ug{a b}/L'], ['mmol / L', '', 'mg{', '毫克']],
  ])('of %s', (system, good, bad) => {
    expect(good.filter((code) => !isCodeOfGrammar(system, code))).toEqual([]);
    expect(bad.filter((code) => isCodeOfGrammar(system, code))).toEqual([]);
  });
});
