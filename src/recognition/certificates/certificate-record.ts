import { z } from 'zod';
import type { Resource } from '../../fhir/resource.ts';
import type { Certificate } from '../rules/certificate.ts';
import { certificateOf, certificateSchema } from './certificate-file.ts';
import { stepSchema } from '../../step.ts';

/** Internal type of a certificate as people decided about it; by it the exchange judges. The VerificationResult of the same id shows it to others. */
export const CERTIFICATE_TYPE = 'QualityCertificate';

/** `proposed`: nothing is marked by it yet. `recalled`: it marks what was reported before, and nothing is recognised by it any more. */
export const CERTIFICATE_STATUSES = ['proposed', 'registered', 'rejected', 'recalled'] as const;
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

const recordSchema = z.object({
  id: z.string(),
  status: z.enum(CERTIFICATE_STATUSES),
  organization: z.string(),
  item: z.string(),
  content: certificateSchema,
  proposed: stepSchema,
  registered: stepSchema.optional(),
  rejected: stepSchema.optional(),
  recalled: stepSchema.extend({ from: z.string() }).optional(),
});
/** `recalled.from`: the instant from which on nothing is recognised by it. */
export type CertificateRecord = Readonly<z.infer<typeof recordSchema>>;

export function recordResource(record: CertificateRecord): Resource & { readonly id: string } {
  return { resourceType: CERTIFICATE_TYPE, ...record };
}

/** @param body a stored QualityCertificate, JSON text */
export function parseRecord(body: string): CertificateRecord {
  return recordSchema.parse(JSON.parse(body));
}

export function certificateOfRecord({ content, recalled }: CertificateRecord): Certificate {
  return { ...certificateOf(content), recalled: recalled === undefined ? undefined : { at: recalled.from, reason: recalled.reason } };
}
