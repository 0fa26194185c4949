import { isObject, type JsonObject } from '../../fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS, residentCheckDigit, residentIdFault } from '../../fhir/validation/identifiers.ts';
import type { LevelOf } from './levels.ts';
import { isOneEdit } from './slips.ts';

/** The numbers of a record. */
export interface Numbers {
  /** Valid resident IDs of 18 characters; an old one of 15 is written out. */
  readonly residentIds: readonly string[];
  /** What stands where a resident ID belongs, and is none. */
  readonly brokenIds: readonly string[];
  /** `system|VALUE` of passports, cards and other numbers that more than one institution knows. */
  readonly otherIds: readonly string[];
  readonly hasTemporaryId: boolean;
}

/** Types of identifiers (HL7 v2 table 0203) that the issuer gives to a person, not an institution to its patient. */
const SHARED_TYPES: ReadonlySet<string> = new Set(['PPN', 'SS', 'SB', 'NI', 'NNCHN', 'HC', 'JHN', 'MI', 'PRC', 'BC', 'BCT', 'DL', 'CZ', 'NH']);
/** 社会保障号码, 健康档案号, 居民健康卡. */
const SHARED_SYSTEMS: ReadonlySet<string> = new Set(['urn:oid:2.16.840.1.113883.2.23.1.19.2', 'urn:oid:2.16.156.10011.1.2', 'urn:oid:2.16.156.10011.1.19', 'http://hl7.org/fhir/sid/passport']);
const MOST = 8;

/** What of the identifiers of a record is comparable with those of another institution. */
export function numbersOf(identifiers: readonly JsonObject[]): Numbers {
  const residentIds = new Set<string>();
  const brokenIds = new Set<string>();
  const otherIds = new Set<string>();
  for (const identifier of identifiers.slice(0, 4 * MOST)) {
    const value = cleaned(identifier['value']);
    const system = typeof identifier['system'] === 'string' ? identifier['system'] : '';
    // A number that no longer holds neither joins nor parts two records.
    if (value === '' || identifier['use'] === 'old') continue;
    const isResident = RESIDENT_ID_SYSTEMS.includes(system);
    if (!isResident && !isShared(system, identifier)) continue;
    const number = residentIdOf(value);
    // 社会保障号码 is the resident ID, under another system.
    if (number !== undefined) residentIds.add(number);
    else if (isResident) brokenIds.add(value);
    else otherIds.add(`${kindOf(system, identifier)}|${value}`);
  }
  return { residentIds: first(residentIds), brokenIds: first(brokenIds), otherIds: first(otherIds), hasTemporaryId: identifiers.some(({ use }) => use === 'temp') };
}

/**
 * The number of 18 characters for a valid one. The old form of 15 digits is of the 20th century and has no check digit:
 * it is written out with the one that it would have today.
 */
export function residentIdOf(value: string): string | undefined {
  if (isResidentId(value)) return value;
  if (value.length !== 15 || residentIdFault(value) !== undefined) return undefined;
  const digits = `${value.slice(0, 6)}19${value.slice(6)}`;
  return digits + residentCheckDigit(digits);
}

/** Two valid numbers of one kind that differ are of two persons; a permit and a number of the mainland may follow each other. */
export function compareResidentIds(a: Numbers, b: Numbers): LevelOf<'residentId'> {
  if (a.residentIds.some((number) => b.residentIds.includes(number))) return 'same';
  if (a.residentIds.length > 0 && b.residentIds.length > 0) {
    return a.residentIds.some((left) => b.residentIds.some((right) => isPermit(left) === isPermit(right))) ? 'differs' : 'other-kind';
  }
  const [left, right] = [[...a.residentIds, ...a.brokenIds], [...b.residentIds, ...b.brokenIds]];
  if (left.length === 0 || right.length === 0) return 'missing';
  return left.some((one) => right.some((other) => one === other || isOneEdit(one, other))) ? 'typo' : 'unclear';
}

/** Numbers of different kinds say nothing about each other. */
export function compareOtherIds(a: Numbers, b: Numbers): LevelOf<'otherId'> {
  if (a.otherIds.length === 0 || b.otherIds.length === 0) return 'missing';
  if (a.otherIds.some((id) => b.otherIds.includes(id))) return 'same';
  return a.otherIds.some((left) => b.otherIds.some((right) => left.slice(0, left.indexOf('|')) === right.slice(0, right.indexOf('|')))) ? 'differs' : 'missing';
}

function isPermit(number: string): boolean {
  return number.startsWith('8') || number.startsWith('9');
}

function isShared(system: string, { type }: JsonObject): boolean {
  return SHARED_SYSTEMS.has(system) || typeCode(type) !== undefined;
}

/** Passports are compared by their number, whatever system each institution made up for them. */
function kindOf(system: string, { type }: JsonObject): string {
  return typeCode(type) ?? system;
}

function typeCode(type: JsonObject[string]): string | undefined {
  const codings = isObject(type) && Array.isArray(type['coding']) ? type['coding'] : [];
  for (const coding of codings) if (isObject(coding) && typeof coding['code'] === 'string' && SHARED_TYPES.has(coding['code'])) return coding['code'];
  return undefined;
}

function cleaned(value: unknown): string {
  return typeof value === 'string' && value.length <= 64 ? value.normalize('NFKC').replace(/[\s-]/gu, '').toUpperCase() : '';
}

function first(numbers: ReadonlySet<string>): readonly string[] {
  return [...numbers].slice(0, MOST).sort();
}
