import type { JsonObject } from '../../fhir/resource.ts';
import { textOf } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, timeAt } from './context.ts';
import { wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, descendantsOf, organizerOf } from './element.ts';
import type { Identifier } from './identifiers.ts';
import { readId } from './identifiers.ts';
import type { Item } from './items.ts';
import { MENTIONED } from './records.ts';

/** The specimen of an item, and when it was taken. */
export interface Sampled { readonly reference: JsonObject | undefined; readonly collected: string | undefined }

export interface SpecimenShared {
  readonly report: string;
  /** Number of the specimen that the document names for the whole report. */
  readonly number: Identifier | undefined;
  readonly request: readonly JsonObject[];
}

interface Told {
  readonly type: JsonObject | undefined;
  readonly collected: string | undefined;
  readonly received: string | undefined;
  readonly state: string | undefined;
  readonly fixative: string | undefined;
  readonly id: Identifier | undefined;
}

/** Adds the specimens of a report: items that tell of the same kind, taken at the same time, share one. @returns by item */
export function addSpecimens(context: RecordContext, items: readonly Item[], shared: SpecimenShared): ReadonlyMap<Item, Sampled> {
  const told = items.map((item) => ({ item, said: toldOf(context, item) }));
  const groups = Map.groupBy(told.filter(({ said }) => said.type !== undefined), ({ said }) => keyOf(said));
  // A number for the whole report would make one of several specimens.
  const number = groups.size === 1 ? shared.number : undefined;
  const references = new Map([...groups].map(([key, group]) => [key, addSpecimen(context, group, { ...shared, number })] as const));
  return new Map(told.map(({ item, said }) => [item, { reference: said.type === undefined ? undefined : references.get(keyOf(said)), collected: said.collected }]));
}

function keyOf({ type, collected, id }: Told): string {
  return JSON.stringify([type, collected, id]);
}

type Group = readonly { readonly item: Item; readonly said: Told }[];

function addSpecimen(context: RecordContext, group: Group, { report, number, request }: SpecimenShared): JsonObject {
  const all = group.map(({ said }) => said);
  const { type, collected, id } = all[0] ?? {};
  const received = all.map((said) => said.received).find((time) => time !== undefined);
  const fixative = all.map((said) => said.fixative).find((words) => words !== undefined);
  const states = new Set(all.map(({ state }) => state).filter((words) => words !== undefined));
  const item = group[0]?.item;
  const statement = item?.specimenType ?? item?.statements[0] ?? context.root;
  return context.records.add(defined({
    resourceType: 'Specimen',
    identifier: [id ?? number ?? { system: ownSystem(context, 'specimen'), value: [report, nameOf(type), collected ?? ''].join('/') }],
    type,
    subject: context.subject,
    receivedTime: received,
    request,
    collection: collected === undefined ? undefined : { collectedDateTime: collected },
    container: fixative === undefined ? [] : [{ additiveCodeableConcept: { text: fixative } }],
    condition: [...states].map((text) => ({ text })),
  }), statement, {
    elements: { type: childAt(statement, 'value'), collection: childAt(statement, 'effectiveTime'), receivedTime: childAt(statement, 'effectiveTime'), condition: childAt(item?.specimenState, 'value') },
    contribution: MENTIONED,
  });
}

function nameOf(type: JsonObject | undefined): string {
  return textOf(type?.['text']) || JSON.stringify(type?.['coding'] ?? '');
}

/** By the data elements of the template, else by the specimen of an observation or of the organizer around it. */
function toldOf(context: RecordContext, { specimenType, specimenState, specimenFixative, statements: [first] }: Item): Told {
  const [state, fixative] = [wordsOf(specimenState), wordsOf(specimenFixative)];
  if (specimenType !== undefined) {
    const time = childAt(specimenType, 'effectiveTime');
    const collected = timeAt(context, childAt(time, 'low')) ?? timeAt(context, time);
    return { type: typeConcept(specimenType), collected, received: timeAt(context, childAt(time, 'high')), state, fixative, id: undefined };
  }
  const organizer = organizerOf(first);
  const role = childAt(first, 'specimen', 'specimenRole') ?? childAt(organizer, 'specimen', 'specimenRole');
  const collected = timeAt(context, collectionTime(organizer));
  const id = readId(childAt(role, 'id'), context.sender)?.identifier;
  return { type: conceptOf(childAt(role, 'specimenPlayingEntity', 'code')), collected, received: undefined, state, fixative, id };
}

/** The kind of specimen is told in words, or as a code. */
function typeConcept(observation: XmlElement): JsonObject | undefined {
  const value = childAt(observation, 'value');
  const words = wordsOf(observation);
  if (value === undefined || words === undefined) return undefined;
  return attributeOf(value, 'code') === undefined ? { text: words } : conceptOf(value);
}

/** Time of the procedure by which the specimen was taken. */
function collectionTime(organizer: XmlElement | undefined): XmlElement | undefined {
  const [procedure] = organizer === undefined ? [] : descendantsOf(organizer, 'procedure');
  const time = childAt(procedure, 'effectiveTime');
  return childAt(time, 'low') ?? time;
}
