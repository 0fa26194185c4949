import type { ElementModel, TypeModel } from '../../../src/fhir/definitions/model.ts';
import { structureOfType } from '../../../src/fhir/definitions/model.ts';
import type { JsonObject, JsonValue } from '../../../src/fhir/resource.ts';
import { definitions } from './validate.ts';

const PRIMITIVES: Readonly<Record<string, JsonValue>> = {
  boolean: true, integer: 1, unsignedInt: 1, positiveInt: 1, decimal: 1.5, string: 'text', markdown: 'text', code: 'code', id: 'id', uri: 'https://a.example/x', url: 'https://a.example/x',
  canonical: 'https://a.example/x', oid: 'urn:oid:1.2.3', uuid: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', base64Binary: 'YQ==', date: '2026-03-01', dateTime: '2026-03-01',
  instant: '2026-03-01T00:00:00Z', time: '08:00:00', xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">text</div>',
};

/** An instance with everything that the type's structure requires, and nothing more. */
export function minimalResource(type: string): JsonObject {
  return { resourceType: type, ...minimalObject(rootOf(type)) };
}

function minimalObject(element: ElementModel): JsonObject {
  return Object.fromEntries(element.children.filter((child) => child.min > 0).map((child) => {
    const [type] = child.types;
    if (type === undefined) throw new Error(`${child.path} has no type`);
    const value = minimalValue(child, type);
    const name = child.isChoice ? child.name + type.code.charAt(0).toUpperCase() + type.code.slice(1) : child.name;
    return [name, child.max === 1 ? value : Array.from({ length: Math.max(1, child.min) }, () => value)];
  }));
}

function minimalValue(element: ElementModel, type: TypeModel): JsonValue {
  const valueSet = element.binding?.strength === 'required' ? definitions.valueSets.get(element.binding.valueSet) : undefined;
  const [system, codes] = Object.entries(valueSet?.systems ?? {})[0] ?? ['https://a.example', ['code']];
  const code = codes === '*' ? 'text/plain' : codes[0] ?? 'code';
  if (type.code === 'Resource') return { resourceType: 'Basic', code: { text: 'x' } };
  if (type.code === 'Reference') return { reference: `${type.targets?.[0] ?? 'Patient'}/1` };
  if (type.code === 'CodeableConcept') return { coding: [{ system, code }] };
  if (type.code === 'Coding') return { system, code };
  if (type.code in PRIMITIVES) return valueSet === undefined ? PRIMITIVES[type.code] ?? 'text' : code;
  const own = minimalObject(element.children.length > 0 ? element : rootOf(type.code));
  return Object.keys(own).length > 0 ? own : contentOf(type.code);
}

/** Data types without required elements still must not be empty. */
function contentOf(type: string): JsonObject {
  switch (type) {
    case 'Quantity': case 'Duration': case 'Age': return { value: 1, system: 'http://unitsofmeasure.org', code: 'd' };
    case 'Period': return { start: '2026-03-01' };
    case 'Identifier': return { value: '1' };
    case 'Attachment': return { url: 'https://a.example/x' };
    case 'Timing': return { event: ['2026-03-01'] };
    case 'HumanName': return { text: 'x' };
    case 'Range': return { low: { value: 1 } };
    case 'Ratio': return { numerator: { value: 1 }, denominator: { value: 1 } };
    case 'Money': return { value: 1, currency: 'CNY' };
    default: return { extension: [{ url: 'https://a.example/x', valueString: 'x' }] };
  }
}

function rootOf(type: string): ElementModel {
  const root = structureOfType(definitions, type)?.root;
  if (root === undefined) throw new Error(`There is no type ${type}`);
  return root;
}
