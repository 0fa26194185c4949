import { z } from 'zod';

const model = z.strictObject({ thresholds: z.strictObject({ certain: z.number(), probable: z.number(), possible: z.number() }) });
export type MatchModel = z.infer<typeof model>;

/** @throws Error that names each element at fault */
export function parseMatchModel(json: unknown): MatchModel {
  return model.parse(json);
}
