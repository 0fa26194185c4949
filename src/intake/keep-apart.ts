import { resourceOf } from '../fhir/body.ts';
import type { Moment } from '../fhir/dates.ts';
import { parseMoment } from '../fhir/dates.ts';
import type { Definitions } from '../fhir/definitions/model.ts';
import type { Issue } from '../fhir/outcome.ts';
import { parseReference } from '../fhir/references.ts';
import type { JsonValue, Resource } from '../fhir/resource.ts';
import { isList, isObject, objectsOf, referenceTo, textOf } from '../fhir/resource.ts';
import { likenessOf, personsOf } from '../identity/index.ts';
import type { MessageKind } from '../normalize/index.ts';
import { deriveId, faultAt, withOrigin } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { KnownRecords } from './known-records.ts';
import { leadReferences } from './lead-references.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { acceptEntries } from './prepare-message.ts';
import type { Source } from './source.ts';

/** Here a number alone says which record is meant. FHIR names it by an id of its own, and says whose it is in every version. */
export const NUMBERED: ReadonlySet<MessageKind> = new Set<MessageKind>(['hl7v2', 'cda', 'table']);
/** By its number a document is found and replaced, also one that comes as FHIR. */
const DOCUMENT = 'DocumentReference';
/** What a document is, and not what it tells of: two under one number would be versions of one another. */
const DOCUMENTS: ReadonlySet<string> = new Set([DOCUMENT, 'Composition']);

const KEPT_APART = 'The number of this record was used before for a record of another patient: it is kept as a record of its own. A result of a mistaken patient is taken back under that patient; two numbers of one patient are merged';
const REFUSED = 'The number of this document was used before for a document of another patient';

/** An entry, the record that its number leads to, whose that is, and the id of a record of its own. */
interface Met { readonly entry: PreparedEntry; readonly was: Resource; readonly before: string; readonly now: string; readonly ownId: string }

/**
 * Gives entries whose number their source has used before for another patient an id of their own, so that they do not take that
 * record over. Patients that are one person are not others. What was kept apart once stays so.
 *
 * @returns the same message where there is none
 * @see docs/decisions/0094-a-number-names-one-record.md
 */
export async function keepApart(services: Services, source: Source, message: PreparedMessage, known: KnownRecords): Promise<PreparedMessage> {
  const met = message.accepted.filter(({ resource }) => NUMBERED.has(message.kind) || (message.kind === 'document' && resource.resourceType === DOCUMENT)).flatMap((entry) => metBy(entry, source, known));
  if (met.length === 0) return message;
  const apart = await apartOf(services, message.accepted, met);
  if (apart.length === 0) return message;
  const documents = apart.filter(({ entry }) => DOCUMENTS.has(entry.resource.resourceType));
  const faults = documents.map(({ entry }) => withOrigin(faultAt(entry.index, 'conflict', `${entry.at}.subject`, REFUSED), entry));
  if (faults.length > 0) return { ...message, ...await acceptEntries(services, message.kind, message.accepted, [...message.faults, ...faults]) };
  services.log.warn({ source: source.id, records: apart.length }, 'numbers of records were used before for other patients; the records are kept apart');
  return { ...message, accepted: withOwnIds(message.accepted, apart, services.fhir.definitions), remarks: [...message.remarks, ...apart.map(({ entry }) => remarkOn(entry))] };
}

function metBy(entry: PreparedEntry, source: Source, known: KnownRecords): readonly Met[] {
  const { resourceType: type, id } = entry.resource;
  const now = patientOf(entry.resource);
  const item = known.get(referenceTo({ type, id }));
  // Most are of the same patient: a look at the text spares reading it.
  if (now === undefined || item === undefined || item.deleted || item.body.includes(`"reference":"Patient/${now}"`)) return [];
  const was = resourceOf(item.body);
  const before = patientOf(was);
  return before === undefined || before === now ? [] : [{ entry, was, before, now, ownId: ownIdOf(source, type, id, now) }];
}

/** Id of a record whose number leads to one of another patient. */
export function ownIdOf(source: Source, type: string, id: string, patient: string): string {
  return deriveId(source.id, type, { kind: 'of-patient', value: `${id} ${patient}` });
}

/** Whose record it is: the id of the Patient, undefined for one of nobody or of several. */
export function patientOf(resource: Resource): string | undefined {
  const participants: readonly JsonValue[] = resource.resourceType === 'Appointment' && isList(resource['participant']) ? resource['participant'] : [];
  const subjects = [resource['subject'] ?? resource['patient'] ?? resource['beneficiary'], ...participants.map((one) => (isObject(one) ? one['actor'] : undefined))];
  const patients = new Set(subjects.flatMap((subject) => {
    const parsed = isObject(subject) ? parseReference(textOf(subject['reference'])) : undefined;
    return parsed?.kind === 'relative' && parsed.type === 'Patient' ? [parsed.id] : [];
  }));
  const [only] = patients;
  return patients.size === 1 ? only : undefined;
}

async function apartOf(services: Services, accepted: readonly PreparedEntry[], met: readonly Met[]): Promise<readonly Met[]> {
  const stored = await services.store.readMany(met.map(({ entry, ownId }) => ({ type: entry.resource.resourceType, id: ownId })));
  const known = new Set(stored.filter(({ deleted }) => !deleted).map(({ id }) => id));
  const apart: Met[] = [];
  for (const ofBoth of Map.groupBy(met, ({ now, before }) => `${now} ${before}`).values()) {
    const [first] = ofBoth;
    const likeness = first === undefined ? 'no' : await likenessIn(services, accepted, first.now, first.before);
    const areOne = likeness === 'probably' || (likeness === 'perhaps' && !ofBoth.some(isOfOtherTime));
    apart.push(...ofBoth.filter(({ ownId }) => !areOne || known.has(ownId)));
  }
  return apart;
}

/**
 * Whether a patient of a message, who may be new, and one who is stored are one person, or are so alike that a merge of the two
 * may be on its way. What is stored of the patient counts as well: the PID of a result tells little.
 */
export async function likenessIn(services: Services, accepted: readonly PreparedEntry[], now: string, other: string): Promise<'probably' | 'perhaps' | 'no'> {
  const { persons } = await personsOf(services, [now, other]);
  if (persons.some(({ links }) => [now, other].every((one) => links.some(({ patient }) => patient === one)))) return 'probably';
  const stored = new Map((await services.store.readMany([now, other].map((id) => ({ type: 'Patient', id })))).filter(({ deleted }) => !deleted).map(({ id, body }) => [id, resourceOf(body)]));
  const said = accepted.find(({ resource }) => resource.resourceType === 'Patient' && resource.id === now)?.resource;
  const was = stored.get(other);
  if (said === undefined || was === undefined) return 'no';
  const known = stored.get(now);
  const identifier = [...objectsOf(known?.['identifier']), ...objectsOf(said['identifier'])];
  return likenessOf(services, { ...known, ...said, ...(identifier.length === 0 ? {} : { identifier }) }, was);
}

/** When a record began, by its type: a number that is counted anew comes again at another time. Stays and orders are told of at many. */
const BEGINNINGS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  DiagnosticReport: ['effectiveDateTime'], Specimen: ['collection', 'collectedDateTime'], Appointment: ['start'], DocumentReference: ['date'],
};

function isOfOtherTime({ entry, was }: Met): boolean {
  const [one, other] = [beginningOf(entry.resource), beginningOf(was)];
  return one !== undefined && other !== undefined && (one.end < other.start || other.end < one.start);
}

function beginningOf(resource: Resource): Moment | undefined {
  const path = BEGINNINGS[resource.resourceType] ?? [];
  const value = path.reduce<JsonValue | undefined>((so, name) => (isObject(so) ? so[name] : undefined), resource);
  return typeof value === 'string' ? parseMoment(value) : undefined;
}

/** The entries, with what the others say of those kept apart led to their ids: what is of another patient never says anything of them. */
function withOwnIds(entries: readonly PreparedEntry[], apart: readonly Met[], definitions: Pick<Definitions, 'structures'>): readonly PreparedEntry[] {
  const ids = new Map(apart.map(({ entry, ownId }) => [entry, ownId]));
  const led = Map.groupBy(apart, ({ now }) => now);
  return entries.map((entry) => {
    const patient = patientOf(entry.resource);
    const leading = new Map((patient === undefined ? apart : led.get(patient) ?? []).map(({ entry: { resource: { resourceType: type, id } }, ownId }) => [referenceTo({ type, id }), referenceTo({ type, id: ownId })]));
    const home = leadReferences(entry, leading, definitions);
    const id = ids.get(entry);
    return id === undefined ? home : { ...home, resource: { ...home.resource, id } };
  });
}

function remarkOn(entry: PreparedEntry): Issue {
  return { ...withOrigin(faultAt(entry.index, 'conflict', `${entry.at}.subject`, KEPT_APART), entry).issue, severity: 'warning' };
}
