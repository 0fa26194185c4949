import { loadDistrictTables } from '../../../../src/district/load-tables.ts';
import type { Issue } from '../../../../src/fhir/outcome.ts';
import { isAcceptable } from '../../../../src/fhir/outcome.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { demandedProfile } from '../../../../src/intake/demanded-profile.ts';
import type { Contribution, SentEntry, SentMessage } from '../../../../src/normalize/index.ts';
import { normalizeMessage, withOrigin } from '../../../../src/normalize/index.ts';
import type { Hl7v2Conventions } from '../../../../src/normalize/hl7v2/conventions.ts';
import { parseV2 } from '../../../../src/normalize/hl7v2/parse.ts';
import { readV2 } from '../../../../src/normalize/hl7v2/read-message.ts';
import { openFhir, PROFILES_DIR } from '../../../../src/open-services.ts';
import { isUcum, mapObservation } from '../../../../src/terminology/index.ts';

const fhir = await openFhir();
const { sources, codes } = await loadDistrictTables(PROFILES_DIR);
const registry = { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: undefined };

/** A record as a test looks into it. */
export type Json = ReturnType<typeof JSON.parse>;

/** `hospital-b`, whose tables know 30101 as the white cells, 30103 as haemoglobin. */
export const source = sources.get('hospital-b')!;
export const LOCAL = 'https://bund.example/sources/hospital-b';

/** Lines as a message; the header is put before them. */
export function message(type: string, ...lines: readonly string[]): string {
  return [`MSH|^~\\&|HIS|浦滨综合医院|BUND|HIE|20260302093000||${type}|M0001|P|2.5.1||||||UNICODE UTF-8`, ...lines].join('\r');
}

export function sent(text: string, hl7v2?: Partial<Hl7v2Conventions>): SentMessage {
  const conventions = { authorities: {}, codeSystems: {}, ...hl7v2 };
  return readV2(parseV2(text), hl7v2 === undefined ? source : { ...source, hl7v2: conventions });
}

export interface Outcome {
  readonly entries: readonly SentEntry[];
  readonly resources: readonly Resource[];
  /** What refuses the message, with the place where its sender finds it. */
  readonly issues: readonly Issue[];
}

/** What the exchange makes of a message on an empty store: normalised, and validated after its codes were mapped; the records as they are before. */
export function take(text: string, hl7v2?: Partial<Hl7v2Conventions>): Outcome {
  const read = sent(text, hl7v2);
  const { entries, faults } = normalizeMessage(read, { sender: source, registry, definitions: fhir.definitions }).finish(new Map());
  const resources = entries.map(({ resource }) => completed(resource));
  const issues = entries.flatMap((entry, index) => {
    const { resource } = mapObservation(resources[index]!, { tables: codes, source: codes.sources.get(source.id), isUcum });
    const profile = demandedProfile(resource, source);
    return fhir.validate(resource, { at: entry.at, ...(profile === undefined ? {} : { profiles: [profile] }) })
      .filter((issue) => !isAcceptable([issue]))
      .map((issue) => withOrigin({ entry: entry.index, issue }, read.entries[entry.index]!).issue);
  });
  const placed = faults.map((fault) => (fault.entry === undefined ? fault : withOrigin(fault, read.entries[fault.entry]!)).issue);
  return { entries: read.entries, resources, issues: [...placed, ...issues] };
}

/** What is left for other messages to say of a visit, and nobody has said. */
function completed(resource: Resource & { readonly id: string }): Resource {
  if (resource.resourceType !== 'Encounter') return resource;
  return { status: 'unknown', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK' }, ...resource };
}

/** The records of a message that is sound, by their type. */
export function records(text: string, hl7v2?: Partial<Hl7v2Conventions>): (type: string) => readonly Json[] {
  const { resources, issues } = take(text, hl7v2);
  if (issues.length > 0) throw new Error(`The message is refused: ${JSON.stringify(issues)}`);
  return (type) => resources.filter(({ resourceType }) => resourceType === type);
}

/** The only record of its type in a message that is sound. */
export function record(type: string, text: string, hl7v2?: Partial<Hl7v2Conventions>): Json {
  const found = records(text, hl7v2)(type);
  if (found.length !== 1) throw new Error(`The message holds ${String(found.length)} records of type ${type}`);
  return found[0];
}

/** The only contribution to a record of a type. */
export function contribution(type: string, text: string): Contribution | undefined {
  return sent(text).entries.find(({ resource }) => resource.resourceType === type)?.contribution;
}

/** A segment by the numbers of its fields. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|');
}

const PATIENT = { 1: '1', 3: '200001^^^PUBIN^MR', 5: '张^三', 7: '19900307', 8: 'M' };
const VISIT = { 1: '1', 2: 'O', 3: '门诊^^^浦滨', 19: 'V1', 44: '20260302080000' };
const ORDER = { 1: '1', 2: 'P1', 3: 'F1', 4: 'BLOOD^血常规^L', 7: '20260302081000', 22: '20260302092000', 24: 'HM', 25: 'F' };
const RESULT = { 1: '1', 2: 'NM', 3: '30101^白细胞计数^L', 5: '6.0', 6: '10*9/L', 7: '3.5-9.5', 11: 'F' };

type Fields = Readonly<Record<number, string>>;
/** Sound segments of one patient, visit, report and result, with other fields where they are given. */
export const pid = (fields: Fields = {}): string => segment('PID', { ...PATIENT, ...fields });
export const pv1 = (fields: Fields = {}): string => segment('PV1', { ...VISIT, ...fields });
export const obr = (fields: Fields = {}): string => segment('OBR', { ...ORDER, ...fields });
export const obx = (fields: Fields = {}): string => segment('OBX', { ...RESULT, ...fields });

/** The one result of a report with this OBX. */
export function result(fields: Fields): Json {
  return record('Observation', message('ORU^R01', pid(), obr(), obx(fields)));
}
