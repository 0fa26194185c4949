import { hash } from 'node:crypto';
import type { Features } from './features.ts';

/** The keys under which records meet: those that share none are not compared. Short hashes, a handful for each record. */
export function blockingKeys({ residentIds, name, birthDate }: Features): readonly string[] {
  return [...residentIds.map((number) => `id ${number}`), ...(name === '' || birthDate === '' ? [] : [`name ${name} ${birthDate}`])].map((key) => hash('sha256', key, 'base64url').slice(0, 14));
}
