/** `npm run -s token -- --role ROLE …`: prints a bearer token of the embedded issuer, and nothing else, on standard output; warnings go to standard error. */
import path from 'node:path';
import { DEFAULT_SCOPES, type Identity, issueToken, openKeys, type Role, ROLES } from '../access/index.ts';
import { ConfigError, readConfig } from '../config.ts';
import { isServiceError } from '../errors.ts';
import { EX_CONFIG, EX_USAGE } from '../exit-codes.ts';
import { isId } from '../fhir/resource.ts';
import { loadSources, SourceError } from '../intake/index.ts';
import { PROFILES_DIR } from '../open-services.ts';
import { readArguments, UsageError } from './arguments.ts';

const USAGE = `Usage: npm run -s token -- --role ${ROLES.join('|')} [options]

  --source ID      the sending system, needed for a source
  --facility ID    Organization where a clinician works, needed for a clinician
  --user ID        who it is (default: the source, or the role)
  --name TEXT      display name, shown to auditors
  --expires TIME   such as 30m, 8h or 90d (default: 8h)
  --scope SCOPES   instead of the role's own, such as "user/Observation.rs"

The token belongs to the gateway with the same BUND_STORE, BUND_DATA and BUND_BASE_URL.`;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_LIFETIME_SECONDS = 366 * 86_400;

interface Wanted { readonly identity: Identity; readonly lifetimeSeconds: number }

/** @throws UsageError */
function wanted(): Wanted {
  const text = { type: 'string' } as const;
  const given = readArguments({ role: text, source: text, facility: text, user: text, name: text, expires: text, scope: text });
  const role = roleNamed(given.role);
  if (role === 'source' && given.source === undefined) throw new UsageError('A source needs --source, the id of the sending system such as hospital-a');
  if (role === 'clinician' && given.facility === undefined) throw new UsageError('A clinician needs --facility, the id of the Organization where they work');
  for (const [option, id] of Object.entries({ source: given.source, facility: given.facility, user: given.user })) {
    if (id !== undefined && !isId(id)) throw new UsageError(`--${option} takes an id: 1 to 64 letters, digits, dots and hyphens`);
  }
  const identity = {
    role,
    subject: given.user ?? given.source ?? role,
    name: given.name,
    source: role === 'source' ? given.source : undefined,
    facility: given.facility,
    scopes: given.scope?.split(/\s+/).filter((scope) => scope !== '') ?? DEFAULT_SCOPES[role],
  };
  return { identity, lifetimeSeconds: lifetimeOf(given.expires ?? '8h') };
}

function roleNamed(name: string | undefined): Role {
  const role = ROLES.find((known) => known === name);
  if (role === undefined) throw new UsageError(name === undefined ? '--role is missing' : `--role takes one of ${ROLES.join(', ')}`);
  return role;
}

function lifetimeOf(text: string): number {
  const [, amount, unit] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? NaN);
  if (!(seconds > 0 && seconds <= MAX_LIFETIME_SECONDS)) throw new UsageError('--expires takes a time up to 366d, such as 30m, 8h or 90d');
  return seconds;
}

/** The token is issued all the same: a test tool makes up its own names, and a profile may be added before the gateway starts anew. */
async function warningsAbout({ source, facility }: Identity): Promise<readonly string[]> {
  if (source === undefined && facility === undefined) return [];
  const sources = await loadSources(path.join(PROFILES_DIR, 'sources'));
  const facilities = [...sources.values()].map(({ organization }) => organization.id);
  const warning = (option: string, id: string, known: readonly string[]): string => `Warning: no profile in profiles/sources names the ${option} ${id}; known are ${known.join(', ')}`;
  return [
    ...(source === undefined || sources.has(source) ? [] : [warning('source', source, [...sources.keys()])]),
    ...(facility === undefined || facilities.includes(facility) ? [] : [warning('facility', facility, facilities)]),
  ];
}

async function main(): Promise<void> {
  const { identity, lifetimeSeconds } = wanted();
  const config = readConfig(process.env);
  for (const warning of await warningsAbout(identity)) console.error(warning);
  const keys = await openKeys(config.dataDir);
  console.log(issueToken(keys, config, identity, { now: new Date(), lifetimeSeconds }));
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof ConfigError || error instanceof SourceError || isServiceError(error)) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof ConfigError ? EX_CONFIG : 1;
});
