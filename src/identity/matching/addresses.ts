import type { JsonObject } from '../../fhir/resource.ts';
import { LEVELS, type LevelOf, surer } from './levels.ts';
import { simplify } from './names/characters.ts';

/** The parts of an address that are compared; '' where it does not tell. */
export interface Address {
  readonly district: string;
  readonly road: string;
  /** 弄 and 号, or what stands for them. */
  readonly house: string;
  readonly room: string;
}

const REGION = /^(?:中国)?(?:[\p{Script=Han}]{2,3}省)?(?:[\p{Script=Han}]{2,4}?市)?/u;
const DISTRICT = /^([\p{Script=Han}]{2,4}?)(?:新区|区|县)/u;
const ROAD = /^(?:[\p{Script=Han}]{2,6}?(?:街道|镇|乡))?([\p{Script=Han}]{1,8}?(?:路|街|大道|新村|公寓|里|坊|村|弄(?!\d)))/u;
/** What Huangpu was made of, and the character that is taken for its own. */
const DISTRICT_NAMES: Readonly<Record<string, string>> = { 黄埔: '黄浦', 卢湾: '黄浦', 南市: '黄浦', 闸北: '静安', 南汇: '浦东' };

/** Reads an Address of FHIR: its text, or its lines with the district. */
export function addressOf({ text, line, district }: JsonObject): Address | undefined {
  const lines = Array.isArray(line) ? line.filter((part) => typeof part === 'string').join('') : '';
  const written = typeof text === 'string' && text.length >= lines.length ? text : lines;
  if (written === '' || written.length > 300) return undefined;
  const parsed = parseAddress(written);
  const named = typeof district === 'string' ? districtName(simplify(district).replace(/(?:新区|区|县)$/u, '')) : '';
  const known = named !== '' ? named : parsed.district;
  return parsed.road === '' && known === '' ? undefined : { ...parsed, district: known };
}

function parseAddress(text: string): Address {
  const plain = simplify(text.normalize('NFKC')).replace(/\s+/gu, '').toLowerCase().replace(REGION, '');
  const district = DISTRICT.exec(plain);
  const rest = plain.slice(district?.[0].length ?? 0);
  const road = ROAD.exec(rest);
  const after = rest.slice(road?.[0].length ?? 0);
  const numbers = after.match(/\d+/gu) ?? [];
  const [lane] = /^\d+(?=弄)/u.exec(after) ?? [];
  const house = lane === undefined ? numbers.slice(0, 1) : numbers.slice(0, 2);
  return { district: districtName(district?.[1] ?? ''), road: road?.[1] ?? '', house: house.join('-'), room: numbers.slice(house.length).join('-') };
}

function districtName(name: string): string {
  return DISTRICT_NAMES[name] ?? name;
}

/** The surest level that any two addresses have. */
export function compareAddresses(a: readonly Address[], b: readonly Address[]): LevelOf<'address'> {
  let surest: (typeof LEVELS)['address'][number] | undefined;
  for (const left of a) {
    for (const right of b) {
      const level = compareTwo(left, right);
      if (level !== undefined) surest = surer(LEVELS.address, surest, level);
    }
  }
  return surest ?? 'missing';
}

/** Undefined where one of them tells too little: that somebody else lives in the same district, or on the same road, is not what it says. */
function compareTwo(a: Address, b: Address): (typeof LEVELS)['address'][number] | undefined {
  if (a.district !== '' && b.district !== '' && a.district !== b.district && a.road !== b.road) return 'differs';
  if (a.road === '' || b.road === '' || a.house === '' || b.house === '') return undefined;
  if (a.road === b.road) {
    if (a.house !== b.house) return 'road';
    return a.room === b.room ? 'same' : 'building';
  }
  return a.district !== '' && a.district === b.district ? 'district' : 'differs';
}
