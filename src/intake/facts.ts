import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import type { Facts } from '../normalize/index.ts';
import { FACTS_TYPE } from './records.ts';

/** Authority, milliseconds, tie, and of a joined list how many items at its front are those of that message. */
const factSchema = z.union([z.tuple([z.number(), z.number(), z.string()]), z.tuple([z.number(), z.number(), z.string(), z.number()])]);
const schema = z.object({ elements: z.record(z.string(), factSchema) });

/** The record that tells where the elements of a record come from. */
export function factsKey({ type, id }: ResourceKey): ResourceKey {
  return { type: FACTS_TYPE, id: derivedId(FACTS_TYPE, type, id) };
}

export function factsResource(about: ResourceKey, facts: Facts): Resource & { readonly id: string } {
  const elements = [...facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, { authority, at, tie, head }]) => [path, head === undefined ? [authority, at, tie] : [authority, at, tie, head]] as const);
  return { resourceType: FACTS_TYPE, id: factsKey(about).id, about: `${about.type}/${about.id}`, elements: Object.fromEntries(elements) };
}

/** @param body a stored SourceFacts, JSON text */
export function parseFacts(body: string): Facts {
  const { elements } = schema.parse(JSON.parse(body));
  return new Map(Object.entries(elements).map(([path, [authority, at, tie, head]]) => [path, { authority, at, tie, ...(head === undefined ? {} : { head }) }] as const));
}
