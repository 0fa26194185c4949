import { z } from 'zod';
import type { Caller } from './access/index.ts';
import type { Services } from './services.ts';

/** Who did something to a record that people decide about, when and why. */
export const stepSchema = z.object({ by: z.string(), name: z.string().optional(), at: z.string(), reason: z.string() });
export type Step = Readonly<z.infer<typeof stepSchema>>;

/** Why, in words of people. */
export const reasonSchema = z.string().trim().min(5, 'must have 5 characters or more').max(1_000, 'must have 1000 characters or less');

export function stepOf({ clock }: Pick<Services, 'clock'>, { subject, name }: Caller, reason: string): Step {
  return { by: subject, ...(name === undefined ? {} : { name }), at: clock().toISOString(), reason };
}
