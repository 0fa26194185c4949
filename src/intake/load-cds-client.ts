import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseDescription, SourceError } from './parse-description.ts';
import type { CdsClient, Source } from './source.ts';

/** Members of a key that only its owner may have. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

const key = z.looseObject({ kty: z.enum(['EC', 'RSA']), kid: z.string().min(1).optional() })
  .refine((jwk) => PRIVATE.every((name) => !(name in jwk)), 'must be a public key: whoever handed over this one must make another');
const jwks = z.strictObject({ keys: z.array(key).min(1).max(20) });

/** How a description names the keys of a client: themselves, or a file beside it. */
export const cdsClientSchema = z.strictObject({
  iss: z.url(),
  jwks: jwks.optional(),
  /** In `keys/` below the folder of the descriptions. */
  jwksFile: z.string().regex(/^[A-Za-z0-9._-]+\.json$/, 'must be the name of a file of profiles/sources/keys').optional(),
}).refine((client) => (client.jwks === undefined) !== (client.jwksFile === undefined), 'must have jwks or jwksFile, not both');

/** Puts the keys of its file into a description. @throws SourceError */
export async function readClientKeys<T extends { readonly cdsClient?: z.infer<typeof cdsClientSchema> | undefined }>(dir: string, source: T): Promise<Omit<T, 'cdsClient'> & { readonly cdsClient?: CdsClient | undefined }> {
  const { cdsClient, ...rest } = source;
  if (cdsClient === undefined) return rest;
  const { iss, jwksFile } = cdsClient;
  const keys = cdsClient.jwks ?? parseDescription(`profiles/sources/keys/${jwksFile ?? ''}`, await readKeys(dir, jwksFile ?? ''), jwks);
  return { ...rest, cdsClient: { iss, jwks: keys } };
}

async function readKeys(dir: string, file: string): Promise<string> {
  try {
    return await readFile(path.join(dir, 'keys', file), 'utf8');
  } catch (error) {
    throw new SourceError(`profiles/sources/keys/${file} cannot be read, and a source names it as its jwksFile`, { cause: error });
  }
}

/** A token must tell by its issuer whose it is. */
export function sharedIssuers(sources: readonly Source[]): readonly string[] {
  const clients = sources.flatMap(({ id, cdsClient }) => (cdsClient === undefined ? [] : [{ id, iss: cdsClient.iss }]));
  return clients.flatMap(({ id, iss }, at) => {
    const other = clients.findIndex((client) => client.iss === iss);
    return other === at ? [] : [`profiles/sources/${id}.json at cdsClient.iss: ${iss} is also claimed by ${clients[other]?.id ?? ''}`];
  });
}
