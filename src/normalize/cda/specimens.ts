import type { JsonObject } from '../../fhir/resource.ts';
import { textOf } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, statedTime, timeAt } from './context.ts';
import { dataElementOf, ELEMENT, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, descendantsOf, organizerOf } from './element.ts';
import type { Identifier } from './identifiers.ts';
import { readId } from './identifiers.ts';
import type { Item } from './items.ts';
import { MENTIONED } from './records.ts';
import { reportStatements } from './report.ts';

/** The specimen of an item, and when it was taken. */
export interface Sampled { readonly reference: JsonObject | undefined; readonly collected: string | undefined }

export interface SpecimenShared {
  readonly report: string;
  /** Number of the specimen that the document names for the whole report. */
  readonly number: Identifier | undefined;
  readonly request: readonly JsonObject[];
  /** What the document states of the specimen of the whole report. */
  readonly stated: SpecimenStatements;
}

/** The observations that state something of a specimen. */
export type SpecimenStatements = Pick<Item, (typeof SPECIMEN_ELEMENTS)[number][0]>;
const SPECIMEN_ELEMENTS = [
  ['specimenType', ELEMENT.specimenType], ['specimenState', ELEMENT.specimenState], ['specimenFixative', ELEMENT.specimenFixative],
  ['specimenCollected', ELEMENT.specimenCollected], ['specimenReceived', ELEMENT.specimenReceived],
] as const;

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
  const whole = toldOfReport(context, shared.stated);
  const told = items.map((item) => ({ item, said: toldOf(context, item, whole) }));
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

function addSpecimen(context: RecordContext, group: Group, { report, number, request, stated }: SpecimenShared): JsonObject {
  const all = group.map(({ said }) => said);
  const { type, collected, id } = all[0] ?? {};
  const received = all.map((said) => said.received).find((time) => time !== undefined);
  const fixative = all.map((said) => said.fixative).find((words) => words !== undefined);
  const states = new Set(all.map(({ state }) => state).filter((words) => words !== undefined));
  const item = group[0]?.item;
  const statement = item?.specimenType ?? stated.specimenType ?? item?.statements[0] ?? context.root;
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
    elements: {
      type: childAt(statement, 'value'), condition: childAt(item?.specimenState ?? stated.specimenState, 'value'),
      collection: childAt(item?.specimenCollected ?? stated.specimenCollected, 'value') ?? childAt(statement, 'effectiveTime'),
      receivedTime: childAt(item?.specimenReceived ?? stated.specimenReceived, 'value') ?? childAt(statement, 'effectiveTime'),
    },
    contribution: MENTIONED,
  });
}

function nameOf(type: JsonObject | undefined): string {
  return textOf(type?.['text']) || JSON.stringify(type?.['coding'] ?? '');
}

/** What is told of the specimen of an item; what the item does not say itself, the report may say for all. */
function toldOf(context: RecordContext, item: Item, whole: Told): Told {
  const own = item.specimenType === undefined ? fromRole(context, item.statements[0]) : fromStatements(context, item);
  return {
    type: own.type ?? whole.type,
    collected: statedTime(context, item.specimenCollected) ?? own.collected ?? whole.collected,
    received: statedTime(context, item.specimenReceived) ?? own.received ?? whole.received,
    state: wordsOf(item.specimenState) ?? whole.state,
    fixative: wordsOf(item.specimenFixative) ?? whole.fixative,
    id: own.id,
  };
}

/** By the data elements of the template: the times may be those of the statement of the kind. */
function fromStatements(context: RecordContext, { specimenType }: SpecimenStatements): Pick<Told, 'type' | 'collected' | 'received' | 'id'> {
  const time = childAt(specimenType, 'effectiveTime');
  const collected = timeAt(context, childAt(time, 'low')) ?? timeAt(context, time);
  return { type: specimenType === undefined ? undefined : typeConcept(specimenType), collected, received: timeAt(context, childAt(time, 'high')), id: undefined };
}

/** By the specimen of an observation or of the organizer around it. */
function fromRole(context: RecordContext, first: XmlElement): Pick<Told, 'type' | 'collected' | 'received' | 'id'> {
  const organizer = organizerOf(first);
  const role = childAt(first, 'specimen', 'specimenRole') ?? childAt(organizer, 'specimen', 'specimenRole');
  const id = readId(childAt(role, 'id'), context.sender)?.identifier;
  return { type: conceptOf(childAt(role, 'specimenPlayingEntity', 'code')), collected: timeAt(context, collectionTime(organizer)), received: undefined, id };
}

/** What the report says of the specimen of all its items. */
function toldOfReport(context: RecordContext, stated: SpecimenStatements): Told {
  const own = fromStatements(context, stated);
  return {
    ...own,
    collected: statedTime(context, stated.specimenCollected) ?? own.collected,
    received: statedTime(context, stated.specimenReceived) ?? own.received,
    state: wordsOf(stated.specimenState),
    fixative: wordsOf(stated.specimenFixative),
  };
}

const OF_SPECIMEN: ReadonlySet<string> = new Set(SPECIMEN_ELEMENTS.map(([, element]) => element));

/** In a run of statements those before the first item may be of all. */
function ownStatements({ statements }: Item): readonly XmlElement[] {
  return statements.slice(statements.findIndex((observation) => !OF_SPECIMEN.has(dataElementOf(observation) ?? '')));
}

/**
 * The statements about the specimen of a whole report: those that stand by themselves, before all items or apart from them. Where
 * they differ none holds for the whole.
 */
export function specimenStatements(root: XmlElement, items: readonly Item[]): SpecimenStatements {
  const ofItems = new Set(items.flatMap(ownStatements));
  const standing = SPECIMEN_ELEMENTS.flatMap(([, element]) => reportStatements(root, element)).filter((observation) => !ofItems.has(observation)).flatMap((observation) => [observation, ...statementsIn(observation)]);
  return Object.fromEntries(SPECIMEN_ELEMENTS.flatMap(([slot, element]) => {
    const stated = standing.filter((observation) => dataElementOf(observation) === element);
    const [first] = stated;
    return first === undefined || new Set(stated.map(wordsOf)).size > 1 ? [] : [[slot, first] as const];
  }));
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
