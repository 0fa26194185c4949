import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import type { Fact, Facts } from '../normalize/index.ts';
import { FACTS_TYPE } from './records.ts';

/** Authority, milliseconds, tie. Most elements of a record come from a few messages, so that each stamp is written once. */
const stampSchema = z.tuple([z.number(), z.number(), z.string()]);
/** By path: which stamp, and of a joined list how many items at its front are those of that message. */
const schema = z.object({ stamps: z.array(stampSchema), elements: z.record(z.string(), z.union([z.number(), z.tuple([z.number(), z.number()])])) });

/** The record that tells where the elements of a record come from. */
export function factsKey({ type, id }: ResourceKey): ResourceKey {
  return { type: FACTS_TYPE, id: derivedId(FACTS_TYPE, type, id) };
}

export function factsResource(about: ResourceKey, facts: Facts): Resource & { readonly id: string } {
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
  return { resourceType: FACTS_TYPE, id: factsKey(about).id, about: `${about.type}/${about.id}`, stamps, elements: Object.fromEntries(elements) };
}

/** @param body a stored SourceFacts, JSON text */
export function parseFacts(body: string): Facts {
  const { stamps, elements } = schema.parse(JSON.parse(body));
  return new Map(Object.entries(elements).flatMap(([path, told]) => {
    const [number, head] = typeof told === 'number' ? [told] : told;
    const stamp = stamps[number];
    if (stamp === undefined) return [];
    const [authority, at, tie] = stamp;
    return [[path, { authority, at, tie, ...(head === undefined ? {} : { head }) }] as const];
  }));
}
