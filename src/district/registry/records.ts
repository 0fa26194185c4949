import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { RESIDENT_ID_SYSTEMS } from '../../fhir/validation/identifiers.ts';
import { newbornName } from '../names.ts';
import { createRandom, type Random } from '../random.ts';
import { legacyId } from '../resident-id.ts';
import { drawFamily, mistype, nicknameOf } from './foreign-names.ts';
import { pinyinOf, traditional } from './chinese-names.ts';
import { misdated, misspelt, mistyped, mistypedNumber } from './errors.ts';
import { type Household, type Inhabitant, TODAY } from './people.ts';
import type { Rates } from './rates.ts';

/** Who may have lent their number. */
export interface Lender { readonly residentId: string; readonly birthDate: string; readonly sex: Inhabitant['sex'] }

interface Setting { readonly random: Random; readonly person: Inhabitant; readonly household: Household; readonly stranger: Lender | undefined; readonly age: number; readonly rates: Rates }

/** The records of one person at several institutions, with the errors that each made. */
export function recordsOf(person: Inhabitant, household: Household, { seed, stranger, rates }: { readonly seed: string; readonly stranger: Lender | undefined; readonly rates: Rates }): readonly Resource[] {
  const random = createRandom(seed, 'records', person.number);
  const age = Math.floor((Date.parse(TODAY) - Date.parse(person.birthDate)) / (365.25 * 86_400_000));
  const count = random.weighted(rates.recordsPerPerson);
  return Array.from({ length: count }, (_, at) => recordOf(`${person.number}-${at}`, { random, person, household, stranger, age, rates }));
}

function recordOf(id: string, setting: Setting): Resource {
  const { random, person, rates } = setting;
  const lender = lenderOf(setting);
  const number = lender?.residentId ?? numberOf(setting);
  // What the card says is taken over in half of the cases.
  const like = lender !== undefined && random.chance(0.5) ? lender : person;
  const birthDate = misdated(random, like.birthDate, { hasNumber: number !== undefined, rates });
  const isSexTold = !random.chance(rates.sex.missing);
  const gender = random.chance(rates.sex.wrong) ? (like.sex === 'male' ? 'female' : 'male') : like.sex;
  const passport = passportOf(setting);
  return {
    resourceType: 'Patient', id,
    identifier: [
      { use: 'usual', type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: `https://bund.example/mr/${random.int(1, 40)}`, value: `M${id}` },
      ...(number === undefined ? [] : [{ use: 'official', system: random.chance(0.3) ? RESIDENT_ID_SYSTEMS[1] ?? '' : RESIDENT_ID_SYSTEMS[0] ?? '', value: number }]),
      ...(passport === undefined ? [] : [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PPN' }] }, system: 'http://hl7.org/fhir/sid/passport', value: passport }]),
    ],
    name: namesOf(setting),
    ...(isSexTold ? { gender } : {}),
    ...(birthDate === undefined ? {} : { birthDate }),
    telecom: phonesOf(setting), address: addressesOf(setting), contact: guardiansOf(setting),
    ...(person.twin !== undefined && random.chance(rates.twinMarked) ? { multipleBirthInteger: person.twin } : {}),
  };
}

function lenderOf({ random, person, household, stranger, rates }: Setting): Lender | undefined {
  if (random.chance(rates.number.lentByStranger)) return stranger;
  if (!random.chance(rates.number.lentInHousehold)) return undefined;
  const others = household.members.filter((other) => other !== person && other.residentId !== undefined);
  const other = others[random.int(0, others.length - 1)];
  return other?.residentId === undefined ? undefined : { residentId: other.residentId, birthDate: other.birthDate, sex: other.sex };
}

function numberOf({ random, person, age, rates }: Setting): string | undefined {
  const { missing, missingOfChild, missingOfInfant, old15Digits, mistyped: typed } = rates.number;
  if (person.residentId === undefined || random.chance(age < 1 ? missingOfInfant : age < 6 ? missingOfChild : missing)) return undefined;
  if (person.birthDate < '1985' && random.chance(old15Digits)) return legacyId(person.residentId);
  return random.chance(typed) ? mistypedNumber(random, person.residentId) : person.residentId;
}

function passportOf({ random, person, rates }: Setting): string | undefined {
  const { passportMissing, passportRenewed } = rates.foreignName;
  if (person.passport === undefined || random.chance(passportMissing)) return undefined;
  return random.chance(passportRenewed) ? `${person.passport.slice(0, 1)}${String(Number(person.passport.slice(1)) + 7919).padStart(8, '0')}` : person.passport;
}

function namesOf(setting: Setting): readonly JsonObject[] {
  const { random, person, household, age, rates } = setting;
  if (random.chance(rates.name.missing)) return [];
  if (person.name === undefined) return [foreignName(setting)];
  const mother = household.members[person.parents[0] ?? -1];
  if (age < 1 && mother?.name !== undefined && random.chance(rates.unnamedInfant)) return [{ use: 'temp', text: newbornName(mother.name.family + mother.name.given, person.sex) }];
  const before = person.formerGiven !== undefined && random.chance(rates.name.formerStillUsed) ? person.formerGiven : undefined;
  const borne = { family: person.name.family, given: before ?? person.name.given };
  const written = misspelt(random, borne, { person, rates });
  if (random.chance(rates.name.pinyinOnly)) return [latinName(random, pinyinOf(written.family, written.given))];
  const text = written.family + written.given;
  const isTraditional = random.chance(person.isPermitHolder ? rates.name.traditionalOfPermitHolder : rates.name.traditional);
  const shown = random.chance(rates.name.spaced) ? Array.from(text).join(' ') : text;
  const former = before === undefined && person.formerGiven !== undefined && random.chance(rates.name.formerListed) ? [{ use: 'old', text: person.name.family + person.formerGiven }] : [];
  return [{ use: 'official', text: isTraditional ? traditional(shown) : shown }, ...former];
}

function latinName(random: Random, { family, given }: { readonly family: string; readonly given: string }): JsonObject {
  return random.pick<JsonObject>([{ text: `${family} ${given}` }, { text: `${given} ${family}` }, { text: `${family} ${given}`.toUpperCase() }, { family, given: [given] }]);
}

function foreignName({ random, person, rates }: Setting): JsonObject {
  const { mistyped: typed, swapped, nickname, middleLeftOut, capitals } = rates.foreignName;
  const { family = drawFamily(random), given: first = '', middle } = person.foreign ?? {};
  const short = random.chance(nickname) ? nicknameOf(first) ?? first : first;
  const isTyped = random.chance(typed);
  const isInFamily = random.chance(0.5);
  const surname = isTyped && isInFamily ? mistype(random, family) : family;
  const given = [isTyped && !isInFamily ? mistype(random, short) : short, ...(middle === undefined || random.chance(middleLeftOut) ? [] : [middle])];
  const name = random.chance(swapped) ? { family: given.join(' '), given: [surname] } : { family: surname, given };
  if (random.chance(0.3)) return { text: [...name.given, name.family].join(' ') };
  return random.chance(capitals) ? { family: name.family.toUpperCase(), given: name.given.map((part) => part.toUpperCase()) } : name;
}

function phonesOf({ random, person, household, age, rates }: Setting): readonly JsonObject[] {
  const { missing, former, ofHousehold, ofHouseholdIfElderly, landline, mistyped: typed } = rates.phone;
  if (random.chance(missing)) return [];
  if (random.chance(landline)) return [{ system: 'phone', use: 'home', value: random.pick([`021-${household.landline}`, household.landline, `(021)${household.landline}`]) }];
  const parent = household.members[person.parents[random.int(0, Math.max(0, person.parents.length - 1))] ?? -1];
  const isOthers = random.chance(age > 70 ? ofHouseholdIfElderly : ofHousehold);
  const owner = age < 14 ? parent ?? person : isOthers ? household.members[random.int(0, household.members.length - 1)] ?? person : person;
  const value = owner.phones[random.chance(former) ? 1 : 0] ?? '';
  const written = random.chance(typed) ? mistyped(random, value, 2) : value;
  return [{ system: 'phone', use: 'mobile', value: random.pick([written, written, written, `+86 ${written}`, `${written.slice(0, 3)}-${written.slice(3, 7)}-${written.slice(7)}`]) }];
}

function addressesOf({ random, household, rates }: Setting): readonly JsonObject[] {
  const { missing, former, withoutRoom, wrongDistrictCharacter, outlying } = rates.address;
  if (random.chance(missing)) return [];
  const full = household.addresses[random.chance(former) ? 1 : 0] ?? '';
  const line = random.chance(withoutRoom) ? full.replace(/(?<=号).*$/u, '') : full;
  const district = random.chance(outlying) ? '静安区' : random.chance(wrongDistrictCharacter) ? '黄埔区' : '黄浦区';
  return [random.pick<JsonObject>([{ use: 'home', text: `上海市${district}${line}`, district, city: '上海市' }, { text: `${district}${line}` }, { line: [line], district }, { text: line }])];
}

function guardiansOf({ random, person, household, age, rates }: Setting): readonly JsonObject[] {
  if (age >= 14 || person.parents.length === 0 || !random.chance(rates.guardian)) return [];
  const parent = household.members[person.parents[random.int(0, person.parents.length - 1)] ?? -1];
  const name = parent?.name === undefined ? undefined : { text: parent.name.family + parent.name.given };
  return name === undefined ? [] : [{ relationship: [{ text: parent?.sex === 'female' ? '母亲' : '父亲' }], name }];
}
