import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const namingSystem = z.object({
  resourceType: z.literal('NamingSystem'),
  id: z.string(),
  kind: z.enum(['codesystem', 'identifier', 'root']),
  uniqueId: z.array(z.object({ type: z.enum(['oid', 'uuid', 'uri', 'other']), value: z.string().min(1), preferred: z.boolean().optional() })).min(1),
});

/** One system that goes by several names. */
export interface NamedSystem {
  readonly id: string;
  readonly kind: 'codesystem' | 'identifier' | 'root';
  /** The name that FHIR resources should use. */
  readonly preferred: string;
  /** All names as they stand in `Coding.system` and `Identifier.system`, the preferred one included. */
  readonly names: readonly string[];
}

/** A name of a system -> the system. */
export type NamingSystems = ReadonlyMap<string, NamedSystem>;

/** A file that cannot be used. The message names the file and the fault, one a line. */
export class NamingSystemError extends Error {
  override readonly name = 'NamingSystemError';
}

/**
 * Reads which systems are the same: national codes have an OID in shared documents, and a uri elsewhere.
 *
 * @param dir the folder `profiles/fhir`; other files of it are left alone
 * @throws NamingSystemError, also for two systems of one name
 */
export async function loadNamingSystems(dir: string): Promise<NamingSystems> {
  const files = (await readdir(dir)).filter((name) => name.startsWith('NamingSystem-') && name.endsWith('.json')).sort();
  const systems = await Promise.all(files.map(async (file) => ({ file, system: parse(file, await readFile(path.join(dir, file), 'utf8')) })));
  const byName = new Map<string, NamedSystem>();
  const faults: string[] = [];
  for (const { file, system } of systems) {
    for (const name of system.names) {
      const other = byName.get(name);
      if (other !== undefined && other.id !== system.id) faults.push(`profiles/fhir/${file}: ${name} is a name of ${other.id} already`);
      byName.set(name, system);
    }
  }
  if (faults.length > 0) throw new NamingSystemError(faults.join('\n'));
  return byName;
}

/** All names of the system that one of its names stands for; a name that is not registered stands for itself. */
export function namesOfSystem(systems: NamingSystems, name: string): readonly string[] {
  return systems.get(name)?.names ?? [name];
}

function parse(file: string, content: string): NamedSystem {
  const parsed = namingSystem.safeParse(JSON.parse(content));
  if (!parsed.success) throw new NamingSystemError(parsed.error.issues.map((issue) => `profiles/fhir/${file} at ${issue.path.join('.') || 'the top'}: ${issue.message}`).join('\n'));
  const { id, kind, uniqueId } = parsed.data;
  const named = uniqueId.map(({ type, value, preferred }) => ({ name: type === 'oid' ? `urn:oid:${value}` : type === 'uuid' ? `urn:uuid:${value}` : value, preferred: preferred === true }));
  const preferred = named.filter((one) => one.preferred);
  if (preferred.length !== 1) throw new NamingSystemError(`profiles/fhir/${file}: exactly one uniqueId must be preferred`);
  return { id, kind, preferred: preferred[0]?.name ?? '', names: named.map(({ name }) => name) };
}
