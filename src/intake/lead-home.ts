import { resourceOf } from '../fhir/body.ts';
import { referencesOf } from '../fhir/references.ts';
import type { JsonValue, ResourceKey } from '../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../fhir/resource.ts';
import { mapMembers } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { likenessIn, NUMBERED, ownIdOf, patientOf } from './keep-apart.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import type { Source } from './source.ts';

/** Records of one patient that others name by a number. */
const OF_PATIENTS: ReadonlySet<string> = new Set(['Encounter', 'Specimen', 'ServiceRequest', 'DiagnosticReport', 'Observation', 'ImagingStudy', 'Procedure', 'Condition']);

/** What an entry refers to beyond its message. */
interface Mention { readonly entry: PreparedEntry; readonly patient: string; readonly reference: string; readonly key: ResourceKey; readonly own: ResourceKey }

/**
 * A number by which a message names a visit, specimen or order that it does not tell itself may be that of another patient's
 * record. Then it leads to the one of the same number that was kept apart for this patient, or nowhere: the number stays.
 *
 * @returns the same message where every reference leads to the patient's own
 */
export async function leadHome(services: Services, source: Source, message: PreparedMessage): Promise<PreparedMessage> {
  const beyond = new Set(NUMBERED.has(message.kind) ? message.mentioned.filter(({ type }) => OF_PATIENTS.has(type)).map(referenceTo) : []);
  const mentions = beyond.size === 0 ? [] : mentionsIn(source, message.accepted, beyond);
  if (mentions.length === 0) return message;
  const stored = new Map((await services.store.readMany(mentions.flatMap(({ key, own }) => [key, own]))).filter(({ deleted }) => !deleted).map((item) => [referenceTo(item), item]));
  const leading = new Map<PreparedEntry, Map<string, string | undefined>>();
  for (const { entry, patient, reference, key, own } of mentions) {
    const item = stored.get(referenceTo(key));
    const other = item === undefined ? undefined : patientOf(resourceOf(item.body));
    if (other === undefined || other === patient) continue;
    const isKept = stored.has(referenceTo(own));
    if (!isKept && await likenessIn(services, message.accepted, patient, other) === 'probably') continue;
    leading.set(entry, (leading.get(entry) ?? new Map<string, string | undefined>()).set(reference, isKept ? referenceTo(own) : undefined));
  }
  if (leading.size === 0) return message;
  return { ...message, accepted: message.accepted.map((entry) => ledBy(entry, leading.get(entry))) };
}

function mentionsIn(source: Source, accepted: readonly PreparedEntry[], beyond: ReadonlySet<string>): readonly Mention[] {
  return accepted.flatMap((entry) => {
    const patient = patientOf(entry.resource);
    if (patient === undefined) return [];
    return referencesOf(entry.resource).flatMap(({ reference, parsed }): Mention[] => {
      if (parsed.kind !== 'relative' || !beyond.has(reference)) return [];
      const { type, id } = parsed;
      return [{ entry, patient, reference, key: { type, id }, own: { type, id: ownIdOf(source, type, id, patient) } }];
    });
  });
}

/** @param leading reference -> the one in its place; undefined for none */
function ledBy(entry: PreparedEntry, leading: ReadonlyMap<string, string | undefined> | undefined): PreparedEntry {
  if (leading === undefined) return entry;
  const resource = mapMembers(entry.resource, (value): JsonValue | undefined => {
    const text = isObject(value) ? textOf(value['reference']) : '';
    if (!isObject(value) || !leading.has(text) || value['identifier'] === undefined) return undefined;
    const { reference: _other, ...rest } = value;
    const reference = leading.get(text);
    return reference === undefined ? rest : { reference, ...rest };
  });
  return { ...entry, resource: { ...resource, id: entry.resource.id } };
}
