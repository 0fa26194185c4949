import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';

/** Internal type of the record of what one source sent on one day, hour by hour. */
export const SOURCE_DAY_TYPE = 'SourceDay';

const countsSchema = z.object({
  /** By where they stood some minutes after the hour. `unfinished`: in the inbox, and no more. */
  processed: z.number(), partial: z.number(), refused: z.number(), unfinished: z.number(),
  /** Messages that came again although they were answered. */
  repeats: z.number(),
});
export type HourCounts = Readonly<z.infer<typeof countsSchema>>;

export const NO_MESSAGES: HourCounts = { processed: 0, partial: 0, refused: 0, unfinished: 0, repeats: 0 };

const schema = z.object({ source: z.string(), day: z.string(), hours: z.array(countsSchema) });
/** `day` is one of UTC; `hours` are counted up to the last that has ended, 24 when the day is over. */
export type SourceDay = Readonly<z.infer<typeof schema>>;

export function sourceDayKey(source: string, day: string): ResourceKey {
  return { type: SOURCE_DAY_TYPE, id: derivedId(SOURCE_DAY_TYPE, source, day) };
}

export function sourceDayResource(counted: SourceDay): Resource & { readonly id: string } {
  return { resourceType: SOURCE_DAY_TYPE, id: sourceDayKey(counted.source, counted.day).id, ...counted };
}

/** @param body a stored SourceDay, JSON text */
export function parseSourceDay(body: string): SourceDay {
  return schema.parse(JSON.parse(body));
}

export function messagesOf({ processed, partial, refused, unfinished }: HourCounts): number {
  return processed + partial + refused + unfinished;
}

export function sumOf(counts: readonly HourCounts[]): HourCounts {
  return counts.reduce((sum, one) => ({
    processed: sum.processed + one.processed, partial: sum.partial + one.partial, refused: sum.refused + one.refused, unfinished: sum.unfinished + one.unfinished, repeats: sum.repeats + one.repeats,
  }), NO_MESSAGES);
}
