import fc from 'fast-check';
import { decimal } from '../../src/fhir/json.ts';
import type { JsonObject, JsonValue, Resource } from '../../src/fhir/resource.ts';
import type { Approved } from '../../src/terminology/create-code-tables.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import { mapObservation } from '../../src/terminology/map-observation.ts';
import type { CatalogueItem, CodeTables, LocalCode, SourceCodes } from '../../src/terminology/tables.ts';
import { EQUIVALENCES } from '../../src/terminology/tables.ts';
import { isUcum } from '../../src/terminology/ucum.ts';

export const LOCAL = 'https://bund.example/sources/x/codes';
const item = (name: string, loinc: string, unit: string, twins: CatalogueItem['twins'] = []): CatalogueItem => ({ item: name, zh: `${name} zh`, en: name, group: 'g', loinc, unit, twins });
export const ITEMS: readonly CatalogueItem[] = [
  item('GLU', '14749-6', 'mmol/L', [{ loinc: '2345-7', unit: 'mg/dL', factor: 0.05551 }]),
  item('UREA', '22664-7', 'mmol/L', [{ loinc: '3091-6', unit: 'mg/dL', factor: 0.1665 }, { loinc: '3094-0', unit: 'mg/dL', factor: 0.357 }]),
  item('HBSAG', '5196-1', ''),
  item('INR', '6301-6', '{INR}'),
];
const UNITS = ['mmol/L', 'mg/dL', 'mg%', 'mmol/l', 'spoons', '', '{INR}', 'INR'];
const SPECIMENS = ['血清', '尿'];

/** Rows as an operator might have written them, several for one code. */
const row: fc.Arbitrary<LocalCode> = fc.record({
  local: fc.constantFrom('1', '2', '3', '血糖'),
  display: fc.constant('test'),
  item: fc.constantFrom('GLU', 'UREA', 'HBSAG', 'INR', undefined),
  loinc: fc.constantFrom('14749-6', '2345-7', '3094-0', '5196-1', '8867-4'),
  equivalence: fc.constantFrom(...EQUIVALENCES),
  when: fc.option(fc.record({ specimen: fc.constantFrom(...SPECIMENS, undefined), unit: fc.constantFrom('mg/dL', undefined) }), { nil: undefined }),
});
const units = fc.dictionary(fc.constantFrom('mg%', 'spoons', 'mmol/l'), fc.constantFrom('mg/dL', 'mmol/L', 'g/L'));

export const tables: fc.Arbitrary<CodeTables> = fc.record({
  file: fc.record({ system: fc.constant(LOCAL), codes: fc.array(row, { maxLength: 4 }), units }) satisfies fc.Arbitrary<SourceCodes>,
  approved: fc.array(fc.record({ row, from: fc.constantFrom('2026-03-01', undefined) }), { maxLength: 3 }),
}).map(({ file, approved }) => {
  const codes: Approved['codes'] = approved.map(({ row: code, from }, at) => ({ ...code, source: 'x', mapping: `m${at}`, effective: { from } }));
  return createCodeTables(ITEMS, new Map([['x', file]]), { codes, units: [] });
});

const UCUM = 'http://unitsofmeasure.org';
const value = fc.constantFrom('5.6', '126.0', '0.01', '6').map(decimal);
const optional = <T extends JsonObject>(object: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(object, { nil: undefined });
const OTHER_EXTENSION = { url: 'https://other.example/extension', valueString: 'x' };

const quantity: fc.Arbitrary<JsonObject> = fc.record({
  extension: fc.constantFrom([OTHER_EXTENSION], undefined),
  value,
  comparator: fc.constantFrom('<', undefined),
  unit: fc.constantFrom(...UNITS, undefined),
  system: fc.constantFrom(UCUM, undefined),
  code: fc.constantFrom('mmol/L', 'mg/dL', 'IU/L', undefined),
}).map(defined);

const coding: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ system: fc.constantFrom(LOCAL, undefined), code: fc.constantFrom('1', '2', '3', '9'), display: fc.constantFrom('glucose', undefined) }) },
  { weight: 1, arbitrary: fc.constantFrom({ system: 'http://loinc.org', code: '14749-6' }, { system: 'http://loinc.org', code: '8867-4' }, { system: 'https://bund.example/CodeSystem/item', code: 'GLU', display: 'GLU zh' }) },
).map(defined);

const WORDS = ['阴性', '(-)', '弱阳性', '±', '+', '3+', '未检出', '<0.01', '> 1000 mg/dL', '≥5.0', 'see note', '5.6'];
const valueOf: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: quantity.map((valueQuantity): JsonObject => ({ valueQuantity })) },
  { weight: 2, arbitrary: fc.constantFrom(...WORDS).map((valueString): JsonObject => ({ valueString })) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS).map((text): JsonObject => ({ valueCodeableConcept: { text } })) },
  fc.constant({}),
);
const range: fc.Arbitrary<JsonObject> = fc.record({ low: optional(quantity), high: optional(quantity), text: fc.constantFrom('3.9-6.1', '<5', '≥60', 'fasting', undefined) }).map(defined);

const part = fc.record({
  extension: fc.constantFrom([OTHER_EXTENSION], undefined),
  code: fc.record({ coding: fc.option(fc.array(coding, { minLength: 1, maxLength: 3 }), { nil: undefined }), text: fc.constantFrom('血糖', undefined) }).map(defined),
  value: valueOf,
  referenceRange: fc.option(fc.array(range, { minLength: 1, maxLength: 2 }), { nil: undefined }),
}).map(({ value: sent, ...rest }): JsonObject => defined({ ...rest, ...sent }));

const plain: fc.Arbitrary<Resource> = fc.record({
  part,
  meta: fc.constantFrom({ source: 'https://bund.example/sources/x' }, { source: 'https://bund.example/sources/x', tag: [{ system: 'https://other.example', code: 'x' }] }),
  isLaboratory: fc.boolean(),
  specimen: fc.constantFrom({ display: '血清' }, undefined),
  component: fc.option(fc.array(part, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  effectiveDateTime: fc.constantFrom('2026-02-28T23:00:00+08:00', '2026-03-01', undefined),
}).map(({ part: whole, meta, isLaboratory, ...rest }): Resource => ({
  resourceType: 'Observation', id: 'o', meta, status: 'final', ...(isLaboratory ? { category: [{ coding: [{ code: 'laboratory' }] }] } : {}), ...whole, ...defined(rest),
}));

/** Results as laboratories send them, and some that were read from the exchange and are sent again. */
export const result: fc.Arbitrary<Resource> = fc.oneof({ weight: 5, arbitrary: plain }, { weight: 1, arbitrary: fc.tuple(plain, tables).map(([sent, by]) => mapWith(sent, by)) });

export function mapWith(resource: Resource, by: CodeTables): Resource {
  return mapObservation(resource, { tables: by, source: by.sources.get('x'), isUcum }).resource;
}

/** Without members that are undefined: JSON has none. */
function defined(object: Record<string, JsonValue | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, one]) => one !== undefined));
}
