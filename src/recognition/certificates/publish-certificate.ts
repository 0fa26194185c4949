import { ServiceError } from '../../errors.ts';
import { isAcceptable } from '../../fhir/outcome.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import type { Certificate } from '../rules/certificate.ts';
import type { Attested } from './verification-result.ts';
import { verificationResult } from './verification-result.ts';

/**
 * The write that shows a certificate to others, over the version that is there.
 *
 * @throws ServiceError 'fault' where it would be no valid VerificationResult
 */
export async function publication(services: Pick<Services, 'store' | 'fhir' | 'codes'>, certificate: Certificate, attested: Attested): Promise<Change> {
  const stored = await services.store.read({ type: 'VerificationResult', id: certificate.id });
  return publicationOver(services, certificate, attested, stored === undefined || stored.deleted ? 0 : stored.version);
}

export function publicationOver({ fhir, codes }: Pick<Services, 'fhir' | 'codes'>, certificate: Certificate, attested: Attested, expectedVersion: number): Change {
  const resource = verificationResult(certificate, attested, !codes.items.has(certificate.item));
  const issues = fhir.validate(resource);
  if (!isAcceptable(issues)) throw new ServiceError('fault', `The certificate ${certificate.id} makes no valid VerificationResult`, issues);
  return { kind: 'put', resource, expectedVersion };
}
