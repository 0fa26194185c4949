import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Services } from '../../services.ts';
import { allOf } from '../catalogue/approved-changes.ts';
import type { PageAsked } from '../catalogue/find-changes.ts';
import { queryOf } from '../catalogue/find-changes.ts';
import type { Certificate } from '../rules/certificate.ts';
import type { CertificateRecord, CertificateStatus } from './certificate-record.ts';
import { CERTIFICATE_TYPE, certificateOfRecord, parseRecord } from './certificate-record.ts';
import { certificateHolds } from './mark.ts';

export interface CertificateFilter { readonly organization?: string | undefined; readonly item?: string | undefined; readonly status?: CertificateStatus | undefined }

/** A certificate as operators see it. */
export interface CertificateView extends Certificate {
  readonly status: CertificateStatus;
  /** Whether a result reported now, by its method, would be marked by it. */
  readonly holds: boolean;
  /** Who decided what; absent for one of the files about which nobody did. */
  readonly steps?: Pick<CertificateRecord, 'proposed' | 'registered' | 'rejected' | 'recalled'>;
}
export interface CertificatePage { readonly certificates: readonly CertificateView[]; readonly next: string | undefined }

/**
 * Certificates of the files and of the workbench, by institution, item and id; there are some hundreds.
 *
 * @param page `after` is the place of the last one of the page before
 * @throws ServiceError 'forbidden'
 */
export async function listCertificates(services: Services, caller: Caller, filter: CertificateFilter, { count, after }: PageAsked): Promise<CertificatePage> {
  await authorize(services, caller, { action: 'recognition-read' });
  const records = new Map((await allOf(services.store, CERTIFICATE_TYPE, { organization: filter.organization, item: filter.item })).map(({ body }) => parseRecord(body)).map((record) => [record.id, record]));
  const all = new Map<string, CertificateView>();
  for (const certificate of services.recognition.certificates) all.set(certificate.id, viewOf(services, certificate, records.get(certificate.id)));
  for (const record of records.values()) if (!all.has(record.id)) all.set(record.id, viewOf(services, certificateOfRecord(record), record));
  const matching = [...all.values()].filter((view) => matches(view, filter)).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).filter((view) => after === undefined || placeOf(view) > after);
  const certificates = matching.slice(0, count);
  const last = certificates.at(-1);
  await recordTrace(services, caller, { action: 'search', interaction: 'recognition-read', outcome: 'success', query: `certificates?${queryOf({ ...filter })}` });
  return { certificates, next: matching.length > count && last !== undefined ? placeOf(last) : undefined };
}

function viewOf({ clock, config }: Services, certificate: Certificate, record: CertificateRecord | undefined): CertificateView {
  const status = record?.status ?? 'registered';
  const { method, instrument } = certificate;
  const isInForce = status === 'registered' || status === 'recalled';
  const holds = isInForce && certificateHolds(certificate, { reportedAt: clock().toISOString(), method, instrument }, config.offsetMinutes);
  if (record === undefined) return { ...certificate, status, holds };
  const { proposed, registered, rejected, recalled } = record;
  return { ...certificate, status, holds, steps: { proposed, registered, rejected, recalled } };
}

function matches(view: CertificateView, { organization, item, status }: CertificateFilter): boolean {
  return (organization === undefined || view.organization === organization) && (item === undefined || view.item === item) && (status === undefined || view.status === status);
}

function placeOf({ organization, item, id }: Certificate): string {
  return `${organization} ${item} ${id}`;
}
