import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import { daysSchema } from '../catalogue/content.ts';
import { PASSING_SCORE } from './mark.ts';
import type { Certificate } from '../rules/certificate.ts';
import { reasonSchema } from '../../step.ts';

const text = z.string().trim().min(1).max(200);
const roundsSchema = z.array(z.strictObject({ round: text, score: z.number().min(0).max(100) })).min(1).max(50)
  .refine((rounds) => new Set(rounds.map(({ round }) => round)).size === rounds.length, 'must not list a round twice')
  .refine((rounds) => rounds.some(({ score }) => score >= PASSING_SCORE), `must have a round that was passed, with ${PASSING_SCORE} or more: who passed none has no certificate`);

const members = {
  /** Logical id of the Organization that was assessed. */
  organization: text,
  organiser: text,
  programme: text,
  scope: text,
  method: text.optional(),
  instrument: text.optional(),
  valid: daysSchema,
  /** Oldest first. */
  rounds: roundsSchema,
};

/** One part of `certificates.json`: what was attested for several items alike. */
export const certificateFileSchema = z.array(z.strictObject({ ...members, items: z.array(text).min(1) }));
/** What somebody registers. */
export const certificateSchema = z.strictObject({ ...members, item: text });
/** What somebody proposes, and why. */
export const certificateProposalSchema = z.strictObject({ ...members, item: text, reason: reasonSchema });
export type CertificateContent = Readonly<z.infer<typeof certificateSchema>>;

export function certificatesOf(parts: z.infer<typeof certificateFileSchema>): readonly Certificate[] {
  return parts.flatMap(({ items, ...part }) => items.map((item) => certificateOf({ ...part, item })));
}

/** Whoever registers the same assessment again comes to the same certificate. */
export function certificateOf({ method, instrument, ...content }: CertificateContent): Certificate {
  const { organization, item, scope, programme, valid } = content;
  return { ...content, id: derivedId('VerificationResult', organization, item, method ?? '', instrument ?? '', scope, programme, valid.from), method, instrument, recalled: undefined };
}
