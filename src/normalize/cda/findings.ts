import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, timeOrPeriod } from './context.ts';
import { wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt } from './element.ts';
import { interpretationsOf } from './interpretations.ts';
import { valueOf } from './values.ts';

export interface FindingHow {
  /** Number of the report or document that the finding stands in. */
  readonly of: string;
  readonly category?: string | undefined;
  readonly status: string;
  readonly note?: string | undefined;
  /** When it was found, where it does not say so itself. */
  readonly at?: string | undefined;
  /** Tells apart findings of one kind in one document, from 1. */
  readonly sequence: number;
}

/**
 * Something stated about the patient that is no laboratory result, under the data element by which the document states it.
 *
 * @returns undefined for one that says nothing
 */
export function addFinding(context: RecordContext, observation: XmlElement, { of, category, status, note, at, sequence }: FindingHow): JsonObject | undefined {
  const code = conceptOf(childAt(observation, 'code'));
  const name = attributeOf(childAt(observation, 'code'), 'code');
  const element = childAt(observation, 'value');
  if (code === undefined || name === undefined || wordsOf(observation) === undefined) return undefined;
  const { value, flag, unitNote } = valueOf(context, element, { isQuantity: false });
  const own = timeOrPeriod(context, 'effective', childAt(observation, 'effectiveTime'));
  return context.records.add(defined({
    resourceType: 'Observation',
    identifier: [{ system: ownSystem(context, 'finding'), value: `${of}/${name}/${sequence}` }],
    status,
    category: category === undefined ? [] : [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code,
    subject: context.subject,
    encounter: context.encounter,
    ...(at === undefined || Object.keys(own).length > 0 ? own : { effectiveDateTime: at }),
    ...value,
    interpretation: interpretationsOf(undefined, [], flag),
    note: [note, unitNote].filter((text) => text !== undefined).map((text) => ({ text })),
  }), observation, { elements: { code: childAt(observation, 'code'), value: element, effective: childAt(observation, 'effectiveTime') } });
}
