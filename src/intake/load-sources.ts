import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isNetwork } from '../config.ts';
import type { Definitions } from '../fhir/definitions/model.ts';
import { usccFault } from '../fhir/validation/identifiers.ts';
import { charsetOf } from '../normalize/index.ts';
import { loadTableMappings } from './load-table-mappings.ts';
import { parseDescription, SourceError } from './parse-description.ts';
import { cdsClientSchema, readClientKeys, sharedIssuers } from './load-cds-client.ts';
import type { Source } from './source.ts';
import { DAYS } from './watch/expected-rates.ts';

/** Sources by id. */
export type Sources = ReadonlyMap<string, Source>;

const text = z.string().min(1);
const oid = z.string().regex(/^[0-2](\.(0|[1-9]\d*))+$/, 'must be an object identifier such as 2.16.156.10011.1.12');
const uri = z.string().regex(/^(https?:\/\/|urn:)\S+$/, 'must be a uri: http://…, https://…, urn:oid:… or urn:uuid:…');
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens and dots');

/** Words that stand in the place of a source in addresses of the intake. */
const RESERVED: ReadonlySet<string> = new Set(['messages', 'dead-letters', 'replays', 'sources']);

const sourceSchema = z.strictObject({
  // `/intake/messages` is the list of messages, and so forth.
  id: id.refine((name) => !RESERVED.has(name), `must not be ${[...RESERVED].join(', ')}`),
  name: text,
  organization: z.strictObject({
    id,
    name: text,
    level: z.enum(['tertiary', 'secondary', 'community']),
    uscc: z.string().refine((code) => usccFault(code) === undefined, 'must be a 统一社会信用代码 with the right check character'),
  }),
  offset: z.string().regex(/^[+-]\d{2}:\d{2}$/, 'must be an offset such as +08:00'),
  patientNumberSystem: z.url(),
  demands: z.record(text, z.url()).default({}),
  cda: z.strictObject({
    patientRoot: oid.optional(),
    organizationCode: text.optional(),
    identifierSystems: z.record(oid, uri).optional(),
    itemCodeSystem: uri.optional(),
  }).optional(),
  hl7v2: z.strictObject({
    senders: z.array(z.strictObject({ application: text, facility: z.string().default('') })).min(1),
    charset: z.string().refine((name) => charsetOf(name) !== undefined, 'must be a character set as MSH-18 names it, such as GB 18030-2000 or UNICODE UTF-8').optional(),
    authorities: z.record(text, uri).default({}),
    patientAuthority: text.optional(),
    codeSystems: z.record(text, uri).default({}),
    certificates: z.array(z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a certificate, 64 hexadecimal digits in lower case')).default([]),
    networks: z.array(z.string().refine(isNetwork, 'must be an address or a network such as 10.0.0.0/8')).default(['127.0.0.0/8', '::1']),
  }).optional(),
  cdsClient: cdsClientSchema.optional(),
  watch: z.strictObject({
    errorShare: z.number().min(0).max(1).optional(),
    expected: z.array(z.strictObject({
      days: z.array(z.enum(DAYS)).min(1),
      from: z.number().int().min(0).max(23),
      to: z.number().int().min(1).max(24),
      everyMinutes: z.number().min(0.1).max(10_080),
    }).refine(({ from, to }) => from < to, 'must end after it begins')).min(1).max(50).optional(),
    timelyMinutes: z.number().min(1).max(525_600).optional(),
  }).optional(),
  retention: z.strictObject({ rawDays: z.number().int().min(1).max(36_500) }).optional(),
});

/**
 * Reads the description of each sending system, and how its tables are read.
 *
 * @param dir the folder `profiles/sources`; `tables` stands beside it
 * @throws SourceError
 */
export async function loadSources(dir: string): Promise<Sources> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  const tables = await loadTableMappings(path.join(dir, '..', 'tables'));
  const described = await Promise.all(files.map(async (file) => readClientKeys(dir, parse(file, await readFile(path.join(dir, file), 'utf8')))));
  const stray = [...tables.keys()].filter((id) => !described.some((source) => source.id === id));
  if (stray.length > 0) throw new SourceError(stray.map((id) => `profiles/tables/${id}.json belongs to no source of profiles/sources`).join('\n'));
  const sources = described.map((source) => ({ ...source, tables: tables.get(source.id) ?? [] }));
  const faults = [...sharedSenders(sources), ...sharedIssuers(sources)];
  if (faults.length > 0) throw new SourceError(faults.join('\n'));
  return new Map(sources.map((source) => [source.id, source]));
}

/**
 * Makes sure that every profile that a source demands is one.
 *
 * @throws SourceError that names each one that is not
 */
export function requireKnownProfiles(sources: Sources, definitions: Pick<Definitions, 'structures'>): void {
  const faults = [...sources.values()].flatMap((source) => Object.entries(source.demands)
    .filter(([type, canonical]) => definitions.structures.get(canonical)?.type !== type)
    .map(([type, canonical]) => `profiles/sources/${source.id}.json at demands.${type}: ${canonical} is no profile of ${type} in profiles/fhir`));
  if (faults.length > 0) throw new SourceError(faults.join('\n'));
}

/** A message must tell by its header whose it is. */
function sharedSenders(sources: readonly Source[]): readonly string[] {
  const names = sources.flatMap(({ id: source, hl7v2 }) => (hl7v2?.senders ?? []).map(({ application, facility }) => ({ source, name: `${application}|${facility}` })));
  return names.flatMap(({ source, name }, index) => {
    const other = names.findIndex((candidate) => candidate.name === name);
    return other === index ? [] : [`profiles/sources/${source}.json at hl7v2.senders: ${name} is also claimed by ${names[other]?.source ?? ''}`];
  });
}

function parse(file: string, content: string): z.infer<typeof sourceSchema> {
  const source = parseDescription(`profiles/sources/${file}`, content, sourceSchema);
  if (`${source.id}.json` !== file) throw new SourceError(`profiles/sources/${file} describes ${source.id}: a source's file is named after its id`);
  return source;
}
