import { DEFAULT_SCOPES, type Identity, issueToken } from '../../access/index.ts';
import type { Source } from '../../intake/source.ts';
import type { Services } from '../../services.ts';

/** Who takes part in the demonstration. Their tokens are those that `npm run token` prints. */
export interface People {
  readonly clinician: string;
  readonly auditor: string;
  readonly operator: string;
  /** A second operator: two people decide what a code means. */
  readonly approver: string;
  readonly system: string;
  /** By source id. */
  readonly sources: ReadonlyMap<string, string>;
}

const LIFETIME_SECONDS = 12 * 3_600;

/** @param facility where the clinician works, logical id of the Organization */
export function issueTokens({ keys, config }: Services, sources: Iterable<Source>, facility: string): People {
  const issue = (identity: Omit<Identity, 'scopes'>): string =>
    issueToken(keys, config, { ...identity, scopes: DEFAULT_SCOPES[identity.role] }, { now: new Date(), lifetimeSeconds: LIFETIME_SECONDS });
  const nobody = { source: undefined, facility: undefined };
  return {
    clinician: issue({ ...nobody, role: 'clinician', subject: 'dr-chen', name: '陈医生', facility }),
    auditor: issue({ ...nobody, role: 'auditor', subject: 'auditor-zhou', name: '周审计' }),
    operator: issue({ ...nobody, role: 'operator', subject: 'operator-lin', name: '林运维' }),
    approver: issue({ ...nobody, role: 'operator', subject: 'operator-wu', name: '吴质控' }),
    system: issue({ ...nobody, role: 'system', subject: 'demo', name: 'Demonstration' }),
    sources: new Map([...sources].map((source) => [source.id, issue({ role: 'source', subject: source.id, name: source.name, source: source.id, facility: undefined })])),
  };
}
