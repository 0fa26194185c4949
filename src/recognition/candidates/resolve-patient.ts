import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { isId, isObject, textOf } from '../../fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS } from '../../fhir/validation/identifiers.ts';
import { personsOf } from '../../identity/index.ts';
import { deriveId, sourceUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';

export interface Identifier { readonly system: string; readonly value: string }

/** How somebody names a patient. */
export interface PatientNamed {
  /** The id that the asking system uses; '' for none. */
  readonly id: string;
  readonly identifiers: readonly Identifier[];
}

/** More records under one number are no person. */
const MOST_UNDER_A_NUMBER = 50;

/**
 * The Patient of this exchange whom an institution's system means: by its own number of them, else by the resident ID, else by
 * an id that is ours or that it sent. A number under which several persons stand names nobody.
 *
 * @param source the asking system; undefined for a caller of the exchange, whose ids are ours
 * @returns a logical id; undefined where nobody is found. Whether the asker may know of them is not decided here
 */
export async function resolvePatient(services: Services, source: string | undefined, { id, identifiers }: PatientNamed): Promise<string | undefined> {
  const numberSystem = source === undefined ? undefined : services.sources.get(source)?.patientNumberSystem;
  const own = identifiers.filter(({ system }) => system === numberSystem);
  if (own.length > 0) return onePatient(services, own);
  const resident = identifiers.filter(({ system, value }) => RESIDENT_ID_SYSTEMS.includes(system) && isResidentId(value));
  if (resident.length > 0) return onePatient(services, resident.flatMap(({ value }) => RESIDENT_ID_SYSTEMS.map((system) => ({ system, value }))), source);
  if (id === '') return undefined;
  if (source === undefined) return isId(id) ? id : undefined;
  return await ownRecord(services, source, id) ?? (numberSystem === undefined ? undefined : onePatient(services, [{ system: numberSystem, value: id }]));
}

/** Of several records of one person that of the asking institution. */
async function onePatient(services: Services, numbers: readonly Identifier[], preferred?: string): Promise<string | undefined> {
  const { items, next } = await services.store.search({
    type: 'Patient', sort: [], limit: MOST_UNDER_A_NUMBER,
    where: [{ kind: 'token', param: 'identifier', anyOf: numbers.map(({ system, value }) => ({ system, code: value })) }],
  });
  const [first] = items;
  if (first === undefined || next !== undefined) return undefined;
  if (items.length > 1) {
    const { persons } = await personsOf(services, items.map((item) => item.id));
    if (persons.length !== 1 || !items.every((item) => persons[0]?.links.some(({ patient }) => patient === item.id))) return undefined;
  }
  const own = preferred === undefined ? undefined : items.find((item) => sourceOf(resourceOf(item.body)) === sourceUri(preferred));
  return (own ?? first).id;
}

/** A record that the system itself sent, by the id that it got here or that it sent with it. */
async function ownRecord({ store }: Services, source: string, id: string): Promise<string | undefined> {
  const ids = [...(isId(id) ? [id] : []), deriveId(source, 'Patient', { kind: 'id', value: id })];
  const stored = await store.readMany(ids.map((one) => ({ type: 'Patient', id: one })));
  return stored.find((item) => !item.deleted && sourceOf(resourceOf(item.body)) === sourceUri(source))?.id;
}

function sourceOf({ meta }: JsonObject): string {
  return isObject(meta) ? textOf(meta['source']) : '';
}
