import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource } from '../../fhir/resource.ts';

/** Internal type of a test that was done again although a prior result could have been recognised, and nobody gave a reason. */
export const REPEAT_TYPE = 'RecognitionRepeat';

const repeatSchema = z.object({
  id: z.string(),
  /** Logical id of the institution that repeated it. */
  organization: z.string(),
  /** Who ordered it, where the record says so. */
  doctor: z.string().optional(),
  item: z.string(),
  /** `2026-03`, of the district: when the repeated test was done. */
  month: z.string(),
  /** Instant. */
  at: z.string(),
  /** Logical id of the Patient of the repeated result. */
  patient: z.string(),
  /** The repeated result, `Observation/…` or `ImagingStudy/…`. */
  result: z.string(),
  /** The result that could have been recognised, by whom and from when. */
  prior: z.object({ result: z.string(), organization: z.string(), at: z.string() }),
  /** The institution repeated its own test. */
  isOwn: z.boolean(),
  /** A physician had recognised the prior result, and the test was done all the same. */
  isAfterAcceptance: z.boolean(),
});
export type Repeat = Readonly<z.infer<typeof repeatSchema>>;

/** Each repeated result makes one record, whatever it could have been replaced by. */
export function repeatIdOf(result: string): string {
  return derivedId(REPEAT_TYPE, result);
}

export function repeatResource(repeat: Repeat): Resource & { readonly id: string } {
  return { resourceType: REPEAT_TYPE, ...repeat };
}

/** @param body a stored RecognitionRepeat, JSON text */
export function parseRepeat(body: string): Repeat {
  return repeatSchema.parse(JSON.parse(body));
}
