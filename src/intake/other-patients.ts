import { resourceOf } from '../fhir/body.ts';
import { parseReference } from '../fhir/references.ts';
import type { Resource } from '../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../fhir/resource.ts';
import { personsOf, residentIdOf } from '../identity/index.ts';
import type { Fault, MessageKind } from '../normalize/index.ts';
import { faultAt, withOrigin } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { KnownRecords } from './known-records.ts';
import type { PreparedEntry } from './prepare-message.ts';

/** Here a number alone says which record is meant. FHIR names it by an id of its own, and says whose it is in every version. */
const NUMBERED: ReadonlySet<MessageKind> = new Set<MessageKind>(['hl7v2', 'cda', 'table']);
const RESULTS: ReadonlySet<string> = new Set(['Observation', 'DiagnosticReport']);
/** A laboratory that mistook the patient says so. */
const CORRECTING: ReadonlySet<string> = new Set(['corrected', 'amended', 'appended', 'cancelled', 'entered-in-error']);
const TAKEN_BACK: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error']);

const SENTENCE = 'The number of this record was used before for a record of another patient, and a number names one record. A result of a mistaken patient is taken back or corrected by its status; two numbers of one patient are merged';

/** An entry, and the record of somebody else that its number leads to. */
interface Met { readonly entry: PreparedEntry; readonly was: Resource; readonly before: string; readonly now: string }

/**
 * Faults of entries that would take over the record of another patient, because their source uses a number twice. Patients that
 * are one person are not others, nor is a result of which the message says that it was corrected, or that was taken back.
 */
export async function ofOtherPatients(services: Services, { kind, accepted }: { readonly kind: MessageKind; readonly accepted: readonly PreparedEntry[] }, known: KnownRecords): Promise<readonly Fault[]> {
  if (!NUMBERED.has(kind)) return [];
  const met = accepted.flatMap((entry) => metBy(entry, known));
  if (met.length === 0) return [];
  const patients = new Map(accepted.filter(({ resource }) => resource.resourceType === 'Patient').map(({ resource }) => [resource.id, resource]));
  const faults: Fault[] = [];
  for (const [now, ofPatient] of Map.groupBy(met, (one) => one.now)) {
    if (isCorrected(now, ofPatient, accepted)) continue;
    for (const [before, ofBoth] of Map.groupBy(ofPatient, (one) => one.before)) {
      if (await areOne(services, { id: now, said: patients.get(now) }, before)) continue;
      faults.push(...ofBoth.map(({ entry }) => withOrigin(faultAt(entry.index, 'conflict', `${entry.at}.subject`, SENTENCE), entry)));
    }
  }
  return faults;
}

function metBy(entry: PreparedEntry, known: KnownRecords): readonly Met[] {
  const now = patientOf(entry.resource);
  const item = known.get(referenceTo({ type: entry.resource.resourceType, id: entry.resource.id }));
  // Most are of the same patient: a look at the text spares reading it.
  if (now === undefined || item === undefined || item.deleted || item.body.includes(`"reference":"Patient/${now}"`)) return [];
  const was = resourceOf(item.body);
  const before = patientOf(was);
  return before === undefined || before === now ? [] : [{ entry, was, before, now }];
}

function patientOf(resource: Resource): string | undefined {
  const subject = resource['subject'] ?? resource['patient'];
  const parsed = isObject(subject) ? parseReference(textOf(subject['reference'])) : undefined;
  return parsed?.kind === 'relative' && parsed.type === 'Patient' ? parsed.id : undefined;
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
