import { isObject, objectsOf, type Resource } from '../../fhir/resource.ts';
import { residentBirthDate, residentGender } from '../../fhir/validation/identifiers.ts';
import { type Address, addressOf } from './addresses.ts';
import { type BirthDate, parseBirthDate, surestBirthLevel } from './birth-date.ts';
import { phonesOf } from './elements.ts';
import { guardiansOf } from './guardians.ts';
import { type Numbers, numbersOf } from './identifiers.ts';
import type { Name } from './names/name.ts';
import { readName } from './names/read-name.ts';


export type Sex = 'male' | 'female';

/** Everything that a record is compared by. Made once for a record and compared many times; nothing outside looks into it. */
export interface Features extends Numbers {
  readonly names: readonly Name[];
  /** As stated, and as the resident ID has it. */
  readonly birthDates: readonly BirthDate[];
  /** False where the first of them is that of the resident ID as well. */
  readonly statesBirthDate: boolean;
  readonly sex: Sex | undefined;
  /** What of the record its own resident ID contradicts. */
  readonly contradicts: readonly ('birthDate' | 'sex')[];
  readonly phones: readonly string[];
  readonly addresses: readonly Address[];
  readonly guardians: readonly Name[];
  /** Which child of several, or that there are several; `false`: that there was one. */
  readonly multipleBirth: number | boolean | undefined;
}

/** More of a kind than anybody has: what lies beyond is left out, so that no record costs more than others. */
const MOST = 6;

/**
 * What a Patient is compared by.
 *
 * @param patient whatever was sent: what cannot be read is left out
 * @param related RelatedPersons of this patient; its `contact` counts as well
 */
export function featuresOf(patient: Resource, related: readonly Resource[] = []): Features {
  const numbers = numbersOf(objectsOf(patient['identifier']));
  const [number] = numbers.residentIds;
  const ownNames = distinct(objectsOf(patient['name']).slice(0, MOST).flatMap((name) => readName(name) ?? []));
  const kin = guardiansOf(patient, related);
  const stated = parseBirthDate(patient['birthDate']);
  const encoded = parseBirthDate(number === undefined ? undefined : residentBirthDate(number));
  const sex = sexOf(patient) ?? (number === undefined ? undefined : residentGender(number));
  return {
    ...numbers,
    names: ownNames,
    birthDates: [stated, encoded].filter((date) => date !== undefined).filter(({ digits }, at, all) => all.findIndex((other) => other.digits === digits) === at),
    statesBirthDate: stated !== undefined,
    sex,
    contradicts: number === undefined ? [] : contradictions(stated, encoded, sex === residentGender(number)),
    phones: [...new Set([...phonesOf(patient), ...kin.phones])].slice(0, MOST),
    addresses: objectsOf(patient['address']).slice(0, MOST).flatMap((address) => (address['use'] === 'old' ? [] : addressOf(address) ?? [])),
    // A child without a name is called after its mother.
    guardians: distinct([...kin.names, ...ownNames.flatMap((name): Name[] => (name.child === undefined ? [] : [{ ...name, child: undefined }]))]).slice(0, MOST),
    multipleBirth: multipleBirthOf(patient),
  };
}

function contradictions(stated: BirthDate | undefined, encoded: BirthDate | undefined, sexAgrees: boolean): Features['contradicts'] {
  const differs = stated !== undefined && encoded !== undefined && surestBirthLevel([stated], [encoded]) === 'differs';
  return [...(differs ? ['birthDate' as const] : []), ...(sexAgrees ? [] : ['sex' as const])];
}

const NATIONAL_SEX: Readonly<Record<string, Sex>> = { 1: 'male', 2: 'female' };

/** `gender`, or the code of GB/T 2261.1 that an extension holds. */
function sexOf(patient: Resource): Sex | undefined {
  const { gender } = patient;
  if (gender === 'male' || gender === 'female') return gender;
  for (const { url, valueCoding } of objectsOf(patient['extension'])) {
    if (typeof url !== 'string' || !/gender|sex/iu.test(url) || !isObject(valueCoding) || typeof valueCoding['code'] !== 'string') continue;
    const sex = NATIONAL_SEX[valueCoding['code']];
    if (sex !== undefined) return sex;
  }
  return undefined;
}

function multipleBirthOf({ multipleBirthInteger, multipleBirthBoolean }: Resource): number | boolean | undefined {
  const order = Number(multipleBirthInteger ?? Number.NaN);
  if (Number.isInteger(order) && order > 0 && order < 10) return order;
  return typeof multipleBirthBoolean === 'boolean' ? multipleBirthBoolean : undefined;
}

function distinct(names: readonly Name[]): readonly Name[] {
  const seen = new Set<string>();
  return names.filter((name) => {
    const key = `${name.use} ${name.script === 'han' ? name.full : name.words.join(' ')} ${JSON.stringify(name.child ?? null)}`;
    return !seen.has(key) && seen.add(key);
  });
}
