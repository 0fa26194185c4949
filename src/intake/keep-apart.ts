import { resourceOf } from '../fhir/body.ts';
import type { Definitions } from '../fhir/definitions/model.ts';
import type { Issue } from '../fhir/outcome.ts';
import { mapReferences, parseReference } from '../fhir/references.ts';
import type { Resource } from '../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../fhir/resource.ts';
import { personsOf, residentIdOf } from '../identity/index.ts';
import type { MessageKind } from '../normalize/index.ts';
import { deriveId, faultAt, withOrigin } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { KnownRecords } from './known-records.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { acceptEntries } from './prepare-message.ts';
import type { Source } from './source.ts';

/** Here a number alone says which record is meant. FHIR names it by an id of its own, and says whose it is in every version. */
const NUMBERED: ReadonlySet<MessageKind> = new Set<MessageKind>(['hl7v2', 'cda', 'table']);
const RESULTS: ReadonlySet<string> = new Set(['Observation', 'DiagnosticReport']);
/** What a document is, and not what it tells of: two under one number would be versions of one another. */
const DOCUMENTS: ReadonlySet<string> = new Set(['DocumentReference', 'Composition']);
/** A laboratory that mistook the patient says so. */
const CORRECTING: ReadonlySet<string> = new Set(['corrected', 'amended', 'appended', 'cancelled', 'entered-in-error']);
const TAKEN_BACK: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error']);

const KEPT_APART = 'The number of this record was used before for a record of another patient: it is kept as a record of its own. A result of a mistaken patient is taken back or corrected by its status; two numbers of one patient are merged';
const REFUSED = 'The number of this document was used before for a document of another patient';

/** An entry, the record of somebody else that its number leads to, and the id of a record of its own. */
interface Met { readonly entry: PreparedEntry; readonly was: Resource; readonly before: string; readonly now: string; readonly ownId: string }

/**
 * Gives entries whose number their source has used before for another patient an id of their own, so that they do not take that
 * record over. Patients that are one person are not others, nor is a result of which the message says that it was corrected,
 * or that was taken back. What was kept apart once stays so.
 *
 * @returns the same message where there is none
 * @see docs/decisions/0094-a-number-names-one-record.md
 */
export async function keepApart(services: Services, source: Source, message: PreparedMessage, known: KnownRecords): Promise<PreparedMessage> {
  const met = NUMBERED.has(message.kind) ? message.accepted.flatMap((entry) => metBy(entry, source, known)) : [];
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
  return before === undefined || before === now ? [] : [{ entry, was, before, now, ownId: deriveId(source.id, type, { kind: 'of-patient', value: `${id} ${now}` }) }];
}

function patientOf(resource: Resource): string | undefined {
  const subject = resource['subject'] ?? resource['patient'];
  const parsed = isObject(subject) ? parseReference(textOf(subject['reference'])) : undefined;
  return parsed?.kind === 'relative' && parsed.type === 'Patient' ? parsed.id : undefined;
}

async function apartOf(services: Services, accepted: readonly PreparedEntry[], met: readonly Met[]): Promise<readonly Met[]> {
  const stored = await services.store.readMany(met.map(({ entry, ownId }) => ({ type: entry.resource.resourceType, id: ownId })));
  const known = new Set(stored.filter(({ deleted }) => !deleted).map(({ id }) => id));
  const patients = new Map(accepted.filter(({ resource }) => resource.resourceType === 'Patient').map(({ resource }) => [resource.id, resource]));
  const apart: Met[] = [];
  for (const [now, ofPatient] of Map.groupBy(met, (one) => one.now)) {
    const isCorrection = isCorrected(now, ofPatient, accepted);
    for (const [before, ofBoth] of Map.groupBy(ofPatient, (one) => one.before)) {
      const areOther = !isCorrection && !await areOne(services, { id: now, said: patients.get(now) }, before);
      apart.push(...ofBoth.filter(({ ownId }) => areOther || known.has(ownId)));
    }
  }
  return apart;
}

/** Whether the message sets right whose the results are; what comes with them, such as their specimen, moves with them. */
function isCorrected(now: string, met: readonly Met[], accepted: readonly PreparedEntry[]): boolean {
  if (accepted.some(({ resource }) => RESULTS.has(resource.resourceType) && CORRECTING.has(textOf(resource['status'])) && patientOf(resource) === now)) return true;
  const results = met.filter(({ was }) => RESULTS.has(was.resourceType));
  return results.length > 0 && results.every(({ was }) => TAKEN_BACK.has(textOf(was['status'])));
}

/** @param said the patient as the message tells it, who may be new */
async function areOne(services: Services, { id, said }: { readonly id: string; readonly said: Resource | undefined }, other: string): Promise<boolean> {
  const { persons } = await personsOf(services, [id, other]);
  if (persons.some(({ links }) => [id, other].every((one) => links.some(({ patient }) => patient === one)))) return true;
  const residentId = said === undefined ? undefined : residentIdOf(said);
  const stored = residentId === undefined ? undefined : await services.store.read({ type: 'Patient', id: other });
  return stored?.deleted === false && residentIdOf(resourceOf(stored.body)) === residentId;
}

/** The entries, with what the others say of those kept apart led to their ids: what is of another patient never says anything of them. */
function withOwnIds(entries: readonly PreparedEntry[], apart: readonly Met[], definitions: Pick<Definitions, 'structures'>): readonly PreparedEntry[] {
  const ids = new Map(apart.map(({ entry, ownId }) => [entry, ownId]));
  const led = Map.groupBy(apart, ({ now }) => now);
  return entries.map((entry) => {
    const patient = patientOf(entry.resource);
    const leading = new Map((patient === undefined ? apart : led.get(patient) ?? []).map(({ entry: { resource: { resourceType: type, id } }, ownId }) => [referenceTo({ type, id }), referenceTo({ type, id: ownId })]));
    const resource = leading.size === 0 ? entry.resource : mapReferences(entry.resource, definitions, ({ text }) => leading.get(text));
    const id = ids.get(entry);
    return id === undefined && resource === entry.resource ? entry : { ...entry, resource: { ...resource, id: id ?? entry.resource.id } };
  });
}

function remarkOn(entry: PreparedEntry): Issue {
  return { ...withOrigin(faultAt(entry.index, 'conflict', `${entry.at}.subject`, KEPT_APART), entry).issue, severity: 'warning' };
}
