import type { JsonObject } from '../../../fhir/resource.ts';
import { isObject, textOf } from '../../../fhir/resource.ts';
import type { Segment } from '../segment.ts';
import { isAttached } from './attachment.ts';
import type { CareContext } from './care-context.ts';
import { readCondition } from './conditions.ts';
import { readDocument, readLooseDocument } from './document.ts';
import type { Draft } from './draft.ts';
import type { OrderGroup, PatientGroup, SpecimenGroup } from './group-orders.ts';
import type { Noted } from './noted.ts';
import { readObservation } from './observation.ts';
import { joinTexts } from './observed-texts.ts';
import type { OrderNumbers } from './order.ts';
import { orderNumbers, readOrder } from './order.ts';
import { readOrderProvenance } from './provenance.ts';
import type { Reading } from './reading.ts';
import { report } from './reading.ts';
import type { NamedReport } from './report.ts';
import { linkParents, readReport } from './report.ts';
import type { Section } from './sections.ts';
import { isMeasurement, sectionOf } from './sections.ts';
import { describesSpecimen, readOlderSpecimen, readSpecimen } from './specimen.ts';

/** What the orders of a message have in common while they are read. */
interface Orders {
  readonly care: CareContext;
  /** A specimen that several orders share is read once, with the first of them. */
  readonly specimens: Map<SpecimenGroup, Draft>;
}

/** The orders of a patient: as such where the message is about orders, else with their reports. */
export function readOrders(reading: Reading, { orders, specimens }: PatientGroup, care: CareContext): void {
  const shared: Orders = { care, specimens: new Map() };
  const reports = orders.flatMap((group) => readOrderGroup(reading, group, shared) ?? []);
  linkParents(reports);
  for (const specimen of specimens.filter((group) => !shared.specimens.has(group))) readSpecimens(reading, [specimen], undefined, { ...shared, number: '', request: undefined });
}

function readOrderGroup(reading: Reading, group: OrderGroup, orders: Orders): NamedReport | undefined {
  const { care } = orders;
  const obr = group.obr?.segment;
  const [foreign] = group.foreign;
  if (foreign !== undefined) {
    report(reading, 'not-supported', foreign, `Orders with ${foreign.name} are not taken in: only those of examinations and procedures are`);
    return undefined;
  }
  const numbers = orderNumbers(reading, group);
  const section = sectionOf(obr?.text(24) ?? '', group.specimens.length > 0 || (obr?.text(15) ?? '') !== '' || isMeasurement(group.observations.map(({ segment }) => segment)));
  const order = readOrder(reading, group, numbers, { care, section });
  const first = group.orc?.segment ?? obr;
  if (order === undefined && reading.topic === 'order' && first !== undefined) report(reading, 'required', { segment: first, field: 2 }, 'An order must have a number, of who placed it (ORC-2) or of who fills it (ORC-3)');
  if (order !== undefined && group.orc !== undefined) readOrderProvenance(reading, group.orc.segment, order);
  readDiagnoses(reading, group, { care, order });
  const specimens = specimensOf(reading, group, { ...orders, number: numbers.number, request: order?.reference, isLaboratory: section.isLaboratory });
  readOrderDocuments(reading, group, { care, numbers, order });
  if (group.obr === undefined) return undefined;
  if (reading.topic === 'order') {
    readSupporting(reading, group.observations, { care, numbers, order, section });
    if (order !== undefined) order.add('specimen', specimens.map((specimen) => specimen.reference));
    return undefined;
  }
  return readReport(reading, group.obr, group.observations, { care, numbers, section, order: order?.reference, specimens });
}

interface Placed { readonly care: CareContext; readonly numbers: OrderNumbers; readonly order: Draft | undefined }

function readDiagnoses(reading: Reading, { diagnoses }: OrderGroup, { care, order }: Pick<Placed, 'care' | 'order'>): void {
  for (const dg1 of diagnoses) {
    const condition = readCondition(reading, dg1, care);
    if (condition !== undefined) order?.add('reasonReference', [condition.reference], undefined, dg1);
  }
}

interface SpecimenOrder extends Orders { readonly number: string; readonly request: JsonObject | undefined; readonly isLaboratory: boolean }

function specimensOf(reading: Reading, group: OrderGroup, order: SpecimenOrder): readonly Draft[] {
  const obr = group.obr?.segment;
  if (group.specimens.length > 0) return readSpecimens(reading, group.specimens, obr, order);
  return obr !== undefined && describesSpecimen(obr, order.isLaboratory) ? [readOlderSpecimen(reading, obr, { ...order, obr })] : [];
}

/** Specimens, with what was observed of them, which is no result of a test on them. */
function readSpecimens(reading: Reading, groups: readonly SpecimenGroup[], obr: Segment | undefined, { care, specimens, number, request }: Omit<SpecimenOrder, 'isLaboratory'>): readonly Draft[] {
  return groups.map((group, index) => {
    const known = specimens.get(group);
    if (known !== undefined) return known.add('request', [request]);
    const draft = readSpecimen(reading, group, { care, obr, number, request }, index + 1);
    specimens.set(group, draft);
    const name = draft.number;
    const effective = effectiveOf(draft);
    for (const text of joinTexts(group.observations.filter(({ segment }) => !isAttached(segment)))) {
      readObservation(reading, text, { care, identity: name === '' ? undefined : ['specimen', name], specimen: draft.reference, effective });
    }
    for (const noted of group.observations.filter(({ segment }) => isAttached(segment))) {
      readLooseDocument(reading, noted, { care, identity: name === '' ? undefined : ['specimen', name], related: [draft.reference] });
    }
    return draft;
  });
}

function effectiveOf(specimen: Draft): Readonly<Record<string, string>> {
  const collection = specimen.get('collection');
  const taken = isObject(collection) ? textOf(collection['collectedDateTime']) : '';
  return taken === '' ? {} : { effectiveDateTime: taken };
}

/** Documents that stand before the OBR: with a TXA they are one document of the order. */
function readOrderDocuments(reading: Reading, { documents, txa }: OrderGroup, { care, numbers, order }: Placed): void {
  if (txa !== undefined) return readDocument(reading, txa, documents, care);
  for (const noted of documents.filter(({ segment }) => isAttached(segment))) {
    readLooseDocument(reading, noted, { care, identity: numbers.number === '' ? undefined : [numbers.number, 'document'], related: order === undefined ? [] : [order.reference] });
  }
  readSupporting(reading, documents.filter(({ segment }) => !isAttached(segment)), { care, numbers, order });
}

/** What whoever ordered tells of the patient, such as the answers that a laboratory asks for. */
function readSupporting(reading: Reading, observations: readonly Noted[], { care, numbers, order, section }: Placed & { readonly section?: Section }): void {
  const identity = numbers.number === '' ? undefined : [numbers.number, 'supporting'];
  const told = section === undefined ? undefined : { ...section, isLaboratory: false, isImaging: false };
  for (const text of joinTexts(observations.filter(({ segment }) => !isAttached(segment)))) {
    const observation = readObservation(reading, text, { care, identity, section: told });
    if (observation !== undefined) order?.add('supportingInfo', [observation.reference]);
  }
  for (const noted of observations.filter(({ segment }) => isAttached(segment))) readLooseDocument(reading, noted, { care, identity, related: order === undefined ? [] : [order.reference] });
}
