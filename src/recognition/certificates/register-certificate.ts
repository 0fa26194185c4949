import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { traceChange } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import { commitDecision } from '../decide-record.ts';
import type { Decision } from '../catalogue/decide-change.ts';
import type { CertificateContent } from './certificate-file.ts';
import { certificateOf } from './certificate-file.ts';
import type { CertificateRecord } from './certificate-record.ts';
import { CERTIFICATE_TYPE, certificateOfRecord, parseRecord, recordResource } from './certificate-record.ts';
import { lateMarkJobs } from './mark-late.ts';
import { publication } from './publish-certificate.ts';
import { stepOf } from '../../step.ts';

/** A record with the version that a change of it expects; 0 where there is none yet. */
export interface StoredRecord { readonly record: CertificateRecord | undefined; readonly version: number }

/**
 * Writes down what an institution is said to have shown. Nothing is marked by it before another person approves it. One that was
 * rejected may be proposed again.
 *
 * @throws ServiceError 'forbidden'; 'invalid' with every fault; 'rule-broken' where it is there already
 */
export async function proposeCertificate(services: Services, caller: Caller, { reason, ...content }: CertificateContent & { readonly reason: string }): Promise<CertificateRecord> {
  await authorize(services, caller, { action: 'recognition-propose' });
  await services.recognition.refresh(services.store);
  requireKnown(services, content);
  const { id } = certificateOf(content);
  const { record: before, version } = await readRecord(services, id);
  if (services.recognition.certificate(id) !== undefined || (before !== undefined && before.status !== 'rejected')) {
    throw new ServiceError('rule-broken', `The certificate ${id} of ${content.organization} for ${content.item} is there already; a further assessment begins on another day or is of another programme`);
  }
  const record: CertificateRecord = { id, status: 'proposed', organization: content.organization, item: content.item, content, proposed: stepOf(services, caller, reason) };
  await services.store.commit([
    putRecord(record, version),
    traceChange(services, caller, { action: 'create', interaction: 'recognition-propose', outcome: 'success', resources: [`${CERTIFICATE_TYPE}/${id}`] }),
  ]);
  return record;
}

/**
 * Puts a proposed certificate into force: what is reported from now on is marked by it, and what was reported within its days by
 * the jobs that are made with it.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'rule-broken' for one's own proposal or one that is decided already
 */
export async function approveCertificate(services: Services, caller: Caller, { id, reason }: Decision): Promise<CertificateRecord> {
  await authorize(services, caller, { action: 'recognition-approve' });
  return commitDecision(services, caller, 'recognition-approve', async (revision) => {
    const { record, version } = requireProposed(await readRecord(services, id));
    if (record.proposed.by === caller.subject) throw new ServiceError('rule-broken', 'A certificate is approved by another person than the one who proposed it');
    const registered = stepOf(services, caller, reason);
    const result: CertificateRecord = { ...record, status: 'registered', registered };
    const certificate = certificateOfRecord(result);
    return {
      result, resources: [`${CERTIFICATE_TYPE}/${id}`, `VerificationResult/${id}`], changesWhatHolds: true,
      changes: [
        putRecord(result, version), await publication(services, certificate, { by: caller.subject, at: registered.at }),
        ...lateMarkJobs(services, certificate, { revision: revision.changes + 1, by: caller.subject, now: registered.at }),
      ],
    };
  });
}

/** Refuses a proposal, or takes back one's own. @throws ServiceError as `approveCertificate` */
export async function rejectCertificate(services: Services, caller: Caller, { id, reason }: Decision): Promise<CertificateRecord> {
  await authorize(services, caller, { action: 'recognition-read' });
  return commitDecision(services, caller, 'recognition-reject', async () => {
    const { record, version } = requireProposed(await readRecord(services, id));
    await authorize(services, caller, { action: record.proposed.by === caller.subject ? 'recognition-propose' : 'recognition-approve' });
    const result: CertificateRecord = { ...record, status: 'rejected', rejected: stepOf(services, caller, reason) };
    return { result, resources: [`${CERTIFICATE_TYPE}/${id}`], changesWhatHolds: false, changes: [putRecord(result, version)] };
  });
}

/** @throws ServiceError 'invalid' that names each element at fault */
function requireKnown({ recognition }: Services, { organization, item, scope }: CertificateContent): void {
  const { known } = recognition.files;
  const isItem = known.items.has(item) || recognition.entries.some((entry) => entry.subject === 'row' && entry.content.item === item);
  const faults: readonly (readonly [string, boolean, string])[] = [
    ['organization', known.organizations.has(organization), 'is neither the institution of a source nor a member of a scope'],
    ['item', isItem, 'is no item of the catalogue'],
    ['scope', recognition.scope(scope) !== undefined, 'is no scope of profiles/recognition/scopes.json'],
  ];
  const values: Readonly<Record<string, string>> = { organization, item, scope };
  const issues = faults.filter(([, isKnown]) => !isKnown).map(([expression, , fault]): Issue => ({ severity: 'error', code: 'value', diagnostics: `${values[expression]?.slice(0, 64) ?? ''} ${fault}`, expression }));
  if (issues.length > 0) throw new ServiceError('invalid', 'The certificate names what does not exist', issues);
}

export async function readRecord({ store }: Pick<Services, 'store'>, id: string): Promise<StoredRecord> {
  const stored = await store.read({ type: CERTIFICATE_TYPE, id });
  return stored === undefined || stored.deleted ? { record: undefined, version: 0 } : { record: parseRecord(stored.body), version: stored.version };
}

function requireProposed({ record, version }: StoredRecord): { readonly record: CertificateRecord; readonly version: number } {
  if (record === undefined) throw new ServiceError('not-found', 'There is no proposed certificate of this id');
  if (record.status !== 'proposed') throw new ServiceError('rule-broken', `The certificate is ${record.status}, and must be proposed`);
  return { record, version };
}

export function putRecord(record: CertificateRecord, expectedVersion: number): Change {
  return { kind: 'put', resource: recordResource(record), expectedVersion };
}
