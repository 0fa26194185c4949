import { theExchange, traceChanges } from '../../audit/index.ts';
import { isOvertaken } from '../../errors.ts';
import { derivedId } from '../../fhir/derived-id.ts';
import { referenceTo } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import type { Certificate } from '../rules/certificate.ts';
import { lateMarkJobsOfFile } from './mark-late.ts';
import { publicationOver } from './publish-certificate.ts';

/** Internal type of what `certificates.json` said when it was last shown, so that a start with the same file looks at one record. */
export const CERTIFICATE_FILE_TYPE = 'CertificateFile';
const KEY = { type: CERTIFICATE_FILE_TYPE, id: 'current' } as const;

/** The exchange itself, in traces of what it does by itself. */
const EXCHANGE = theExchange('start');
const PER_COMMIT = 200;

/**
 * Shows the certificates of `profiles/recognition/certificates.json` as VerificationResults. One that people have decided about
 * since stays as they left it, and one that has left the file stays as it is: to end it, it is recalled. What was reported before a
 * new one came gets its mark in the background.
 */
export async function registerFileCertificates(services: Services): Promise<void> {
  const { recognition, store } = services;
  const { certificates } = recognition.files;
  const digest = derivedId(CERTIFICATE_FILE_TYPE, JSON.stringify(certificates));
  const before = await store.read(KEY);
  if (before !== undefined && before.body.includes(digest)) return;
  const shown = certificates.filter((certificate) => recognition.certificate(certificate.id) === certificate);
  const added: Certificate[] = [];
  try {
    for (let at = 0; at < shown.length; at += PER_COMMIT) {
      const page = shown.slice(at, at + PER_COMMIT);
      const keys = page.map(({ id }) => ({ type: 'VerificationResult', id }));
      const stored = new Map((await store.readMany(keys)).map((item) => [item.id, item]));
      added.push(...page.filter(({ id }) => stored.get(id)?.deleted !== false));
      const versionOf = (id: string): number => (stored.get(id)?.deleted === false ? stored.get(id)?.version ?? 0 : 0);
      await store.commit([
        ...page.map((certificate) => publicationOver(services, certificate, { by: undefined, at: `${certificate.valid.from ?? ''}T00:00:00Z` }, versionOf(certificate.id))),
        ...traceChanges(services, EXCHANGE, { action: 'create', interaction: 'register-certificates', outcome: 'success', resources: keys.map(referenceTo), patients: [] }),
      ]);
    }
    const jobs = await lateMarkJobsOfFile(services, added, { revision: recognition.revision, by: EXCHANGE.subject, now: services.clock().toISOString(), file: digest });
    await store.commit([...jobs, { kind: 'put', resource: { resourceType: CERTIFICATE_FILE_TYPE, id: KEY.id, digest }, expectedVersion: before?.version ?? 0 }]);
  } catch (error) {
    // Another gateway that starts at this moment was faster.
    if (!isOvertaken(error)) throw error;
  }
}
