import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import { stepSchema } from '../step.ts';

/** Internal type of what a human holds of two records. Its versions in the store are its history. */
export const DECISION_TYPE = 'PersonDecision';

export const VERDICTS = ['same', 'different'] as const;
export type Verdict = (typeof VERDICTS)[number];


const decisionSchema = z.object({
  id: z.string(),
  /** Logical ids of the two Patients, the smaller first. */
  patients: z.tuple([z.string(), z.string()]).readonly(),
  verdict: z.enum(VERDICTS),
  /** A withdrawn decision says nothing any more. */
  status: z.enum(['active', 'withdrawn']),
  decided: stepSchema,
  withdrawn: stepSchema.optional(),
  /** Logical id of the Task that asked. */
  review: z.string().optional(),
});

/** Whether two records are of one person, as a human decided: it wins over every weight until it is withdrawn. */
export type PersonDecision = Readonly<z.infer<typeof decisionSchema>>;

/** Two Patients, the smaller id first. */
export type Pair = readonly [string, string];

export function pairOf(a: string, b: string): Pair {
  return a < b ? [a, b] : [b, a];
}

/** Of two records there is one decision at a time. */
export function decisionIdOf([a, b]: Pair): string {
  return derivedId(DECISION_TYPE, a, b);
}

export function decisionResource(decision: PersonDecision): Resource & { readonly id: string } {
  return { resourceType: DECISION_TYPE, ...decision };
}

/** @param body a stored PersonDecision, JSON text */
export function parseDecision(body: string): PersonDecision {
  return decisionSchema.parse(JSON.parse(body));
}
