import { isNumeric, numeralOf } from '../../fhir/json.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { codingsOf, nameOf, objectsOf } from './elements.ts';
import { commonValueOf } from './prior-result.ts';

/** What a physician reads of a result. Values are those of the laboratory, to the digit; the common unit stands beside them. */
export interface ShownResult {
  /** `6.2 mmol/L`, `阳性`; undefined where there is no value, as of an examination. */
  readonly value: string | undefined;
  /** In the unit in which all institutions are compared, where it is another. */
  readonly common: string | undefined;
  /** `H`, `L`, `A`…; undefined for a normal value and for none. */
  readonly flag: string | undefined;
  readonly range: string | undefined;
  /** What the physician of that institution concluded: theirs, never recognised. */
  readonly conclusion: string | undefined;
}

const INTERPRETATIONS = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const LONGEST_CONCLUSION = 600;

/** @param report in which the result stands */
export function shownResult(resource: Resource, report: Resource | undefined): ShownResult {
  const quantity = isObject(resource['valueQuantity']) ? resource['valueQuantity'] : undefined;
  const common = quantity === undefined ? undefined : commonValueOf(quantity);
  return {
    value: quantity === undefined ? nameOf(resource['valueCodeableConcept']) ?? textUnless(resource['valueString']) : printed(quantity),
    common: common === undefined ? undefined : printed(common),
    flag: codingsOf(resource['interpretation']).find(({ system, code }) => system === INTERPRETATIONS && code !== 'N')?.code,
    range: rangeOf(resource),
    conclusion: resource.resourceType === 'Observation' ? undefined : textUnless(report?.['conclusion']),
  };
}

/** `<0.5 mg/L`, as it was printed. */
export function printed(quantity: JsonObject): string | undefined {
  const value = isNumeric(quantity['value']) ? numeralOf(quantity['value']) : undefined;
  if (value === undefined) return undefined;
  const unit = textOf(quantity['unit']) || textOf(quantity['code']);
  return `${textOf(quantity['comparator'])}${value}${unit === '' ? '' : ` ${unit}`}`;
}

function rangeOf(resource: Resource): string | undefined {
  const [range] = objectsOf(resource['referenceRange']);
  if (range === undefined) return undefined;
  const [low, high] = [range['low'], range['high']].map((limit) => (isObject(limit) ? printed(limit) : undefined));
  if (low === undefined && high === undefined) return textUnless(range['text']);
  return high === undefined ? `≥ ${low ?? ''}` : low === undefined ? `≤ ${high}` : `${low} – ${high}`;
}

function textUnless(value: unknown): string | undefined {
  const text = textOf(value).trim();
  return text === '' ? undefined : text.slice(0, LONGEST_CONCLUSION);
}
