import type { Store } from '../../store/store.ts';
import { allOf } from '../catalogue/approved-changes.ts';
import type { Certificate } from '../rules/certificate.ts';
import { CERTIFICATE_TYPE, certificateOfRecord, parseRecord } from './certificate-record.ts';

/** Every certificate that was registered or recalled since the files were written; one of a file stands here once it is recalled. */
export async function storedCertificates(store: Pick<Store, 'search'>): Promise<readonly Certificate[]> {
  const stored = [...await allOf(store, CERTIFICATE_TYPE, { status: 'registered' }), ...await allOf(store, CERTIFICATE_TYPE, { status: 'recalled' })];
  return stored.map(({ body }) => certificateOfRecord(parseRecord(body)));
}
