import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Decision } from '../catalogue/decide-change.ts';
import { commitDecision } from '../decide-record.ts';
import type { Certificate } from '../rules/certificate.ts';
import type { CertificateRecord } from './certificate-record.ts';
import { CERTIFICATE_TYPE, certificateOfRecord } from './certificate-record.ts';
import { publication } from './publish-certificate.ts';
import { putRecord, readRecord } from './register-certificate.ts';
import { stepOf } from '../../step.ts';

/** What somebody recalls; `at`: an instant with an offset, now where it is absent. */
export type Recall = Decision & { readonly at?: string | undefined };

/**
 * Recalls a certificate, also one of the files; a single person may, since it can be urgent. From its instant on nothing new is
 * recognised by it. What was reported before keeps its mark, and nothing is rewritten: hence no instant that is over.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'rule-broken' for one that was recalled, or an instant that is over
 */
export async function recallCertificate(services: Services, caller: Caller, { id, reason, at }: Recall): Promise<CertificateRecord> {
  await authorize(services, caller, { action: 'recognition-approve' });
  return commitDecision(services, caller, 'recognition-recall', async () => {
    const { record, version } = await readRecord(services, id);
    const known = services.recognition.certificate(id);
    if (known === undefined) throw new ServiceError('not-found', 'There is no certificate of this id in force');
    if (known.recalled !== undefined) throw new ServiceError('rule-broken', `The certificate was recalled from ${known.recalled.at} on`);
    const step = stepOf(services, caller, reason);
    const from = instantFrom(at, step.at);
    const before = record?.status === 'registered' ? record : recordOfFile(known, step.at);
    const result: CertificateRecord = { ...before, status: 'recalled', recalled: { ...step, from } };
    return {
      result, resources: [`${CERTIFICATE_TYPE}/${id}`, `VerificationResult/${id}`], changesWhatHolds: true,
      changes: [putRecord(result, version), await publication(services, certificateOfRecord(result), { by: caller.subject, at: step.at })],
    };
  });
}

/** @throws ServiceError 'rule-broken' for an instant that is over */
function instantFrom(at: string | undefined, now: string): string {
  if (at === undefined) return now;
  const instant = new Date(at).toISOString();
  if (instant < now) throw new ServiceError('rule-broken', `A recall begins now or later, not at ${at}: what was recognised until now stands`, [{ severity: 'error', code: 'business-rule', diagnostics: 'at lies in the past', expression: 'at' }]);
  return instant;
}

/** One of the files has no record before it is recalled. */
function recordOfFile({ recalled: _none, id, method, instrument, valid, rounds, ...content }: Certificate, at: string): CertificateRecord {
  const { organization, item } = content;
  return {
    id, status: 'registered', organization, item, proposed: { by: 'bund', at, reason: 'profiles/recognition/certificates.json' },
    content: {
      ...content, ...(method === undefined ? {} : { method }), ...(instrument === undefined ? {} : { instrument }), rounds: [...rounds],
      valid: { from: valid.from ?? '', ...(valid.to === undefined ? {} : { to: valid.to }) },
    },
  };
}
