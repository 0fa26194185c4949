import { z } from 'zod';
import type { JsonObject } from '../fhir/resource.ts';
import type { Fact, Facts } from '../normalize/index.ts';
import type { MessageOrder } from './message-order.ts';

/** Authority, milliseconds, tie. Most elements of a record come from a few messages, so that each stamp is written once. */
const stampSchema = z.tuple([z.number(), z.number(), z.string()]);
/** By path: which stamp, and of a joined list how many items at its front are those of that message. */
const elementsSchema = z.record(z.string(), z.union([z.number(), z.tuple([z.number(), z.number()])]));
const schema = z.object({ stamps: z.array(stampSchema), elements: elementsSchema, said: z.record(z.string(), z.json()).optional() });

/** Members as they were said, where the record shows what follows from others in their place; null for one that nobody said. */
export type Said = JsonObject;

/** The note beside a record that tells where its elements come from, JSON text. */
export function factsNote(facts: Facts, said: Said = {}): string {
  const stamps: (readonly [number, number, string])[] = [];
  const numbers = new Map<string, number>();
  const numberOf = ({ authority, at, tie }: Fact): number => {
    const name = `${authority} ${at} ${tie}`;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, stamps.length);
    return stamps.push([authority, at, tie]) - 1;
  };
  const elements = [...facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, fact]) => [path, fact.head === undefined ? numberOf(fact) : [numberOf(fact), fact.head]] as const);
  return JSON.stringify({ stamps, elements: Object.fromEntries(elements), ...(Object.keys(said).length === 0 ? {} : { said }) });
}

/** @param note as `factsNote` wrote it */
export function parseSaid(note: string): Said {
  return note.includes('"said":') ? schema.parse(JSON.parse(note)).said ?? {} : {};
}

/** The same note, with what was said in place of what the record shows. @param note as `factsNote` wrote it */
export function withSaid(note: string, said: Said): string {
  return factsNote(parseFacts(note), said);
}

/** @param note as `factsNote` wrote it */
export function parseFacts(note: string): Facts {
  const { stamps, elements } = schema.parse(JSON.parse(note));
  return new Map(Object.entries(elements).flatMap(([path, told]) => {
    const [number, head] = typeof told === 'number' ? [told] : told;
    const stamp = stamps[number];
    if (stamp === undefined) return [];
    const [authority, at, tie] = stamp;
    return [[path, { authority, at, tie, ...(head === undefined ? {} : { head }) }] as const];
  }));
}

/** True where a message later than this one has told an element. @param note as `factsNote` wrote it */
export function isToldLater(note: string, { at, tie }: MessageOrder): boolean {
  return [...parseFacts(note).values()].some((fact) => fact.at > at || (fact.at === at && fact.tie > tie));
}
