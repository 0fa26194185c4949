import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject, isResource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Traits } from './match-patients.ts';
import { personIdOf, traitsOf } from './patient-traits.ts';
import { idOf, listOf } from './person.ts';

/** A Patient and the record by which it is judged: its own, or the one that replaced it. */
export interface Standing { readonly patient: string; readonly traits: Traits; readonly personId: string }

/** Records that one source merged into one; more are a fault of the source and are left apart. */
const MOST_MERGED = 100;

/**
 * To which Person each Patient about to be written belongs, and with it each that it replaced or was replaced by. A record
 * that its source merged into another (`link.type` replaced-by, as ADT^A40 says) belongs to the person of that other one,
 * whatever it says itself; when the link is taken back it stands by itself again. No data moves.
 */
export async function standingsOf(services: Pick<Services, 'store'>, written: readonly Resource[]): Promise<readonly Standing[]> {
  const known = new Map(written.flatMap((patient) => (patient.id === undefined ? [] : [[patient.id, patient] as const])));
  if (written.every((patient) => linksOf(patient).length === 0)) return [...known].map(([id, patient]) => standing(id, id, patient));
  await readLinked(services, known);
  return [...known].map(([id, patient]) => {
    const last = survivorOf(id, known);
    return standing(id, last, known.get(last) ?? patient);
  });
}

function standing(patient: string, survivor: string, record: Resource): Standing {
  const traits = traitsOf(record);
  return { patient, traits, personId: personIdOf(survivor, traits) };
}

/** Adds every stored Patient that a chain of merges leads to. */
async function readLinked({ store }: Pick<Services, 'store'>, known: Map<string, Resource>): Promise<void> {
  for (let open = [...known.values()]; open.length > 0 && known.size <= MOST_MERGED;) {
    const ids = new Set(open.flatMap(linksOf).map(({ id }) => id).filter((id) => !known.has(id)));
    const stored = (await store.readMany([...ids].map((id) => ({ type: 'Patient', id })))).filter((item) => !item.deleted);
    open = stored.flatMap(({ body }) => {
      const patient: unknown = JSON.parse(body);
      return isResource(patient) ? [patient] : [];
    });
    for (const patient of open) if (patient.id !== undefined) known.set(patient.id, patient);
  }
}

/** The record at the end of the chain; of records that name each other the first met stays by itself. */
function survivorOf(patient: string, known: ReadonlyMap<string, Resource>): string {
  const passed = new Set<string>();
  for (let at = patient; ; ) {
    passed.add(at);
    const next = linksOf(known.get(at)).find(({ type, id }) => type === 'replaced-by' && known.has(id))?.id;
    if (next === undefined) return at;
    if (passed.has(next)) return [...passed].sort()[0] ?? patient;
    at = next;
  }
}

function linksOf(patient: Resource | undefined): readonly { readonly type: string; readonly id: string }[] {
  return listOf(patient?.['link']).flatMap((link: JsonObject) => {
    const id = isObject(link['other']) ? idOf(link['other'], 'Patient') : undefined;
    const { type } = link;
    return id === undefined || (type !== 'replaces' && type !== 'replaced-by') ? [] : [{ type, id }];
  });
}
