import type { Resource } from '../fhir/resource.ts';
import type { Source } from '../intake/source.ts';
import type { CodeTables } from '../terminology/tables.ts';
import { encounterPart, organizationPart, patientNumber, patientPart } from './administrative.ts';
import { bundleOf } from './bundle.ts';
import { addDays } from './calendar.ts';
import { imagingParts } from './imaging-report.ts';
import { type Institution, INSTITUTIONS } from './institutions.ts';
import { type Laboratory, laboratoryOf } from './laboratory.ts';
import { laboratoryParts, type Surroundings } from './laboratory-report.ts';
import { takeSample } from './measure.ts';
import { type DistrictOptions, type Resident, residentAt } from './residents.ts';
import { type Visit, visitsOf } from './visits.ts';

/** One message as a source sends it. */
export interface Message {
  readonly source: string;
  readonly resident: Resident;
  readonly visit: Visit;
  readonly bundle: Resource;
  /** How many resources the bundle holds, those that only wrap it left out. */
  readonly resources: number;
}

/** What the district is made from: the same profiles that the exchange works with. */
export interface DistrictTables {
  readonly sources: ReadonlyMap<string, Source>;
  readonly codes: CodeTables;
}

/**
 * All messages of the district, resident after resident, each resident's in the order of time. Holds one at a time.
 *
 * @param only the messages of this source
 */
export function* districtMessages(tables: DistrictTables, options: DistrictOptions, only?: string): Generator<Message> {
  const senders = new Map(INSTITUTIONS.map((institution) => [institution.source, senderOf(institution, tables)]));
  for (let index = 0; index < options.residents; index++) {
    const resident = residentAt(index, options);
    for (const visit of visitsOf(resident, options)) {
      const sender = senders.get(visit.institution.source);
      if (sender !== undefined && (only ?? visit.institution.source) === visit.institution.source) yield messageOf(resident, visit, sender, options.seed);
    }
  }
}

/** How many messages `districtMessages` will make. */
export function countMessages(options: DistrictOptions): number {
  let count = 0;
  for (let index = 0; index < options.residents; index++) count += visitsOf(residentAt(index, options), options).length;
  return count;
}

/** An institution as it sends: its description, and how its laboratory reports. */
export interface Sender { readonly source: Source; readonly laboratory: Laboratory }

/** @throws RangeError for an institution that is not described */
export function senderOf(institution: Institution, tables: DistrictTables): Sender {
  const source = tables.sources.get(institution.source);
  if (source === undefined) throw new RangeError(`profiles/sources has no ${institution.source}.json`);
  return { source, laboratory: laboratoryOf(institution, tables.codes) };
}

/** What a sender tells of one visit. */
export function messageOf(resident: Resident, visit: Visit, { source, laboratory }: Sender, seed: string): Message {
  const number = patientNumber(seed, visit.institution, resident);
  const organization = organizationPart(visit.institution, source);
  const patient = patientPart(resident, visit, { number, source, organization });
  const encounter = encounterPart(visit, number, { patient, organization });
  const at: Surroundings = { resident, visit, organization, patient, encounter, number: `${number}-${visit.number}` };
  const sample = takeSample(seed, resident, visit.isCorrection ? addDays(visit.day, 1) : visit.day);
  const parts = [
    organization, patient, encounter,
    ...visit.panels.flatMap((panel) => laboratoryParts(panel, laboratory, sample, at)),
    ...(visit.examination === undefined ? [] : imagingParts(visit.examination, at)),
  ];
  return { source: source.id, resident, visit, bundle: bundleOf(visit.institution, visit.isCorrection ? `${at.number}-C` : at.number, visit.day, parts), resources: parts.length };
}
