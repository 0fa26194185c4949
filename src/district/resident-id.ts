import { residentCheckDigit } from '../fhir/validation/identifiers.ts';
import type { Sex } from './names.ts';
import type { Random } from './random.ts';

/** Huangpu today, and Luwan and Nanshi, which became part of it and live on in the numbers of those born there. */
const AREAS = [['310101', 6], ['310103', 3], ['310102', 1]] as const;
/** Residence permits of people from Hong Kong, Macao and Taiwan. */
const PERMIT_AREAS = [['810000', 5], ['820000', 1], ['830000', 4]] as const;

/** Birth area, birth day and order: what a 公民身份号码 is made of. The order is odd for a man and even for a woman. */
export interface IdParts { readonly area: string; readonly birthDate: string; readonly order: number }

/** Parts of a new number; `permit` makes that of a residence permit for Hong Kong, Macao and Taiwan. */
export function idParts(random: Random, birthDate: string, sex: Sex, permit = false): IdParts {
  const order = random.int(0, 449) * 2 + (sex === 'male' ? 1 : 2);
  return { area: random.weighted(permit ? PERMIT_AREAS : AREAS), birthDate, order };
}

/** The number of 18 characters, its last by ISO 7064 MOD 11-2 as GB 11643-1999 demands. */
export function residentId({ area, birthDate, order }: IdParts): string {
  const first17 = area + birthDate.replaceAll('-', '') + String(order).padStart(3, '0');
  return first17 + residentCheckDigit(first17);
}

/** The same number as identity cards had it before 1999: no century and no check character. */
export function legacyId(id: string): string {
  return id.slice(0, 6) + id.slice(8, 17);
}
