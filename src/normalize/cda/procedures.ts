import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, timeOrPeriod } from './context.ts';
import { dataElementOf, ELEMENT, findStatement, labelOf, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf } from './element.ts';
import { createCounter } from './counter.ts';
import { allSectionsOf } from './sections.ts';

/** Has its own element in a Procedure; whatever else is stated of one is kept as a note. */
const WITH_PLACE: ReadonlySet<string> = new Set([ELEMENT.procedureName, ELEMENT.procedureSite]);
const STATUSES: ReadonlyMap<string, string> = new Map([['active', 'in-progress'], ['aborted', 'stopped'], ['cancelled', 'not-done'], ['suspended', 'on-hold']]);

/** Operations and other procedures that were done, with site and method. */
export function addProcedures(context: RecordContext): readonly JsonObject[] {
  const count = createCounter();
  return allSectionsOf(context.root).flatMap((section) => childrenOf(section, 'entry')).flatMap((entry) => childrenOf(entry, 'procedure'))
    .map((procedure) => addProcedure(context, procedure, count)).filter((reference) => reference !== undefined);
}

function addProcedure(context: RecordContext, procedure: XmlElement, count: (name: string) => number): JsonObject | undefined {
  const name = wordsOf(findStatement(procedure, ELEMENT.procedureName));
  const concept = conceptOf(childAt(procedure, 'code'));
  const called = attributeOf(childAt(procedure, 'code'), 'code') ?? name;
  if (called === undefined || (concept === undefined && name === undefined)) return undefined;
  const site = childAt(procedure, 'targetSiteCode');
  const siteName = wordsOf(findStatement(procedure, ELEMENT.procedureSite));
  const siteConcept = conceptOf(site) ?? (siteName === undefined ? undefined : {});
  const notes = statementsIn(procedure).filter((observation) => !WITH_PLACE.has(dataElementOf(observation) ?? '')).map(noteOf).filter((note) => note !== undefined);
  return context.records.add(defined({
    resourceType: 'Procedure',
    identifier: [{ system: ownSystem(context, 'procedure'), value: `${context.visit}/${called}/${count(called)}` }],
    status: STATUSES.get(attributeOf(childAt(procedure, 'statusCode'), 'code') ?? '') ?? 'completed',
    code: defined({ ...concept, text: name ?? concept?.['text'] }),
    subject: context.subject,
    encounter: context.encounter,
    ...timeOrPeriod(context, 'performed', childAt(procedure, 'effectiveTime')),
    bodySite: siteConcept === undefined ? [] : [defined({ ...siteConcept, text: siteName ?? siteConcept['text'] })],
    note: notes,
  }), procedure, { elements: { code: childAt(procedure, 'code'), performed: childAt(procedure, 'effectiveTime'), bodySite: site } });
}

function noteOf(observation: XmlElement): JsonObject | undefined {
  const value = childAt(observation, 'value');
  const words = attributeOf(value, 'displayName') ?? wordsOf(observation);
  const label = labelOf(observation);
  return words === undefined ? undefined : { text: label === undefined ? words : `${label}：${words}` };
}
