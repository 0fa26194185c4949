import type { JsonObject } from '../../../fhir/resource.ts';
import { componentText, conceptOf, conceptsOf, labelOf, oneConceptOf } from '../datatypes/concept.ts';
import { element, present, UNKNOWN } from '../datatypes/element.ts';
import { extendedIdentifiers, fieldIdentifier, pairedIdentifier } from '../datatypes/identifier.ts';
import { numberIn } from '../datatypes/number.ts';
import { practitionerOf } from '../datatypes/practitioner.ts';
import { quantityOf } from '../datatypes/quantity.ts';
import { asCode } from '../datatypes/concept.ts';
import { knownCodeSystem, senderCodeSystem } from '../datatypes/code-system.ts';
import { periodOf, timeOf } from '../datatypes/time.ts';
import type { Segment, Value } from '../segment.ts';
import { annotationsOf } from './annotation.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { SpecimenGroup } from './group-orders.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';

const PLACER = { kind: 'specimen', type: 'PLAC' };
const FILLER = { kind: 'specimen', type: 'FILL' };

/** What the order of a specimen tells of it, and what names it where it has no number. */
export interface SpecimenContext {
  readonly care: CareContext;
  readonly obr: Segment | undefined;
  readonly number: string;
  readonly request: JsonObject | undefined;
}

/** When it was taken: `collectedDateTime` or `collectedPeriod`. */
export type Collected = Readonly<Record<string, string | JsonObject>>;

/**
 * SPM and SAC: a specimen, and its container.
 *
 * @param ordinal among the specimens of its order, from 1
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-spm-to-specimen.html
 */
export function readSpecimen(reading: Reading, { spm: { segment: spm, notes, roles }, containers }: SpecimenGroup, context: SpecimenContext, ordinal: number): Draft {
  const at = (field: number): { segment: Segment; field: number } => ({ segment: spm, field });
  const numbers = present([pairedIdentifier(reading, spm.value(2), 1, PLACER), pairedIdentifier(reading, spm.value(2), 2, FILLER)]);
  const specimen = openSpecimen(reading, spm, numbers[0], [context.number, String(ordinal)]);
  const collected = collectedIn(reading, spm, context.obr);
  const [accession, ...otherAccessions] = accessions(reading, spm, containers);
  specimen.contribute(0)
    .add('identifier', [...numbers, ...extendedIdentifiers(reading, spm.values(31), { kind: 'specimen' }, at(31)), fieldIdentifier(reading, spm.value(32), { kind: 'shipment', type: 'STN' })], 2)
    .add('identifier', otherAccessions, 30)
    .set('accessionIdentifier', accession, 30)
    .set('status', statusOf(spm), 20)
    .set('type', conceptOf(reading, spm.value(4)), 4)
    .set('subject', context.care.subject.patient.reference)
    .set('receivedTime', timeOf(reading, spm, 18) ?? receivedTime(reading, context.obr), 18)
    .add('parent', parentsOf(reading, spm), 3)
    .add('request', [context.request])
    .set('collection', element({
      collector: collectorOf(reading, context.obr) ?? participationsOf(reading, roles)[0]?.actor,
      ...collected, quantity: quantityOf(spm.value(12)), method: conceptOf(reading, spm.value(7)), bodySite: conceptOf(reading, spm.value(8)),
    }), 17)
    .add('container', containersOf(reading, spm, containers), 27)
    .add('condition', conceptsOf(reading, spm.values(24)), 24)
    .add('note', [...spm.values(14), ...spm.values(21)].map((value) => element({ text: value.wholeText().includes('^') ? labelOf(value) : value.wholeText().trim() })), 14)
    .add('note', annotationsOf(reading, notes));
  if (context.obr !== undefined) specimen.add('note', commentsOf(context.obr), 39, context.obr);
  return specimen;
}

/** The specimen that an OBR of an older version describes. Where it only tells who took something, what it was is unknown. */
export function readOlderSpecimen(reading: Reading, obr: Segment, context: SpecimenContext): Draft {
  const source = obr.value(15);
  const specimen = context.number === '' ? open(reading, 'Specimen', obr) : openNamed(reading, 'Specimen', derivedIdentifier(reading, 'specimens', [context.number]), obr).draft;
  const additive = componentText(source, 2);
  return specimen.contribute(0)
    .set('type', sourceConcept(reading, source, 1) ?? UNKNOWN, 15)
    .set('subject', context.care.subject.patient.reference)
    .set('receivedTime', receivedTime(reading, obr), 14)
    .add('request', [context.request])
    .set('collection', element({
      collector: collectorOf(reading, obr), ...collectedOf(reading, obr), quantity: quantityOf(obr.value(9)),
      method: element({ text: [componentText(source, 3), componentText(source, 6)].filter(Boolean).join('; ') }), bodySite: sourceConcept(reading, source, 4),
    }), 7)
    .add('container', [additive === '' ? undefined : { additiveCodeableConcept: sourceConcept(reading, source, 2) ?? { text: additive } }], 15)
    .add('note', commentsOf(obr), 39);
}

/** True where an OBR tells of a specimen beyond when it was taken. */
export function describesSpecimen(obr: Segment, isLaboratory: boolean): boolean {
  return obr.text(15) !== '' || (isLaboratory && [9, 10, 14].some((field) => !obr.value(field).isEmpty));
}

/** OBR-7 and OBR-8. */
export function collectedOf(reading: Reading, obr: Segment): Collected {
  const start = timeOf(reading, obr, 7);
  const end = timeOf(reading, obr, 8);
  if (end === undefined || end === start) return start === undefined ? {} : { collectedDateTime: start };
  return { collectedPeriod: element({ start, end }) ?? {} };
}

function collectedIn(reading: Reading, spm: Segment, obr: Segment | undefined): Collected {
  const value = spm.value(17);
  const range = periodOf(reading, [value.text(1), value.text(2)], { segment: spm, field: 17 });
  const start = range?.['start'];
  if (range === undefined) return obr === undefined ? {} : collectedOf(reading, obr);
  return range['end'] === undefined && typeof start === 'string' ? { collectedDateTime: start } : { collectedPeriod: range };
}

function openSpecimen(reading: Reading, spm: Segment, identifier: JsonObject | undefined, [number, ordinal]: readonly [string, string]): Draft {
  if (identifier === undefined && number === '') return open(reading, 'Specimen', spm);
  return openNamed(reading, 'Specimen', identifier ?? derivedIdentifier(reading, 'specimens', [number, ordinal]), spm).draft;
}

/** Numbers under which a laboratory took a specimen in: one is its accession, others stand with its numbers. */
function accessions(reading: Reading, spm: Segment, containers: readonly Segment[]): readonly JsonObject[] {
  const kind = { kind: 'accession', type: 'ACSN' };
  return [
    ...extendedIdentifiers(reading, spm.values(30), kind, { segment: spm, field: 30 }),
    ...present(containers.flatMap((sac) => [fieldIdentifier(reading, sac.value(2), kind), fieldIdentifier(reading, sac.value(1), kind)])),
  ];
}

/** Table 0136 in SPM-20; a specimen that was rejected is not fit. */
function statusOf(spm: Segment): string | undefined {
  if (!spm.value(21).isEmpty) return 'unsatisfactory';
  return new Map([['Y', 'available'], ['N', 'unavailable']]).get(spm.text(20));
}

function parentsOf(reading: Reading, spm: Segment): readonly JsonObject[] {
  return present(spm.values(3).flatMap((value) => [pairedIdentifier(reading, value, 1, PLACER), pairedIdentifier(reading, value, 2, FILLER)]))
    .map((identifier) => ({ type: 'Specimen', identifier }));
}

function collectorOf(reading: Reading, obr: Segment | undefined): JsonObject | undefined {
  return obr === undefined ? undefined : practitionerOf(reading, obr.value(10), { segment: obr, field: 10 });
}

function receivedTime(reading: Reading, obr: Segment | undefined): string | undefined {
  return obr === undefined ? undefined : timeOf(reading, obr, 14);
}

function containersOf(reading: Reading, spm: Segment, containers: readonly Segment[]): readonly (JsonObject | undefined)[] {
  const type = conceptOf(reading, spm.value(27));
  const additiveCodeableConcept = oneConceptOf(reading, spm.values(6));
  const numbered = containers.map((sac) => containerOf(reading, sac, { type, additiveCodeableConcept }));
  return numbered.length > 0 ? numbered : [element({ type, additiveCodeableConcept })];
}

function containerOf(reading: Reading, sac: Segment, shared: Readonly<Record<string, JsonObject | undefined>>): JsonObject | undefined {
  const unit = labelOf(sac.value(24));
  const volume = (field: number): JsonObject | undefined => {
    const value = numberIn(sac.text(field));
    return value === undefined ? undefined : element({ value, unit });
  };
  const identifier = present([3, 4, 5].map((field) => fieldIdentifier(reading, sac.value(field), { kind: 'container' })));
  return element({ identifier, ...shared, capacity: volume(21), specimenQuantity: volume(22) });
}

function commentsOf(obr: Segment): readonly (JsonObject | undefined)[] {
  return obr.values(39).map((value) => element({ text: labelOf(value) }));
}

/** A CWE in one component of SPS. */
function sourceConcept({ sender }: Reading, source: Value, component: number): JsonObject | undefined {
  const [code, display, name] = [1, 2, 3].map((part) => source.text(component, part)) as [string, string, string];
  if (code === '') return element({ text: display });
  return element({ coding: [element({ system: knownCodeSystem(name, sender) ?? senderCodeSystem(name, sender), code: asCode(code), display }) ?? {}] });
}
