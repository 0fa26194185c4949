/**
 * Resources that carry the terms they are to be found by, so that the contract can try any term without knowing any
 * FHIR definition: `extractCarried` hands out what `sample` put in.
 */
import type { Resource } from '../../src/fhir/resource.ts';
import { clinicalDateParam } from '../../src/fhir/search/clinical-date.ts';
import type { IndexTerms } from '../../src/fhir/search/terms.ts';
import type { Change, Store, StoreOptions, Stored } from '../../src/store/store.ts';

export type Terms = Partial<Pick<IndexTerms, 'token' | 'string' | 'reference' | 'date' | 'number' | 'quantity' | 'uri'>>;
export type Sample = Resource & { readonly id: string };

const NOTHING: Required<Terms> = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [] };

/** @param note any text; a different note is a different body */
export function sample(type: string, id: string, terms: Terms = {}, note = ''): Sample {
  return { resourceType: type, id, note, carries: JSON.stringify(terms) };
}

export function extractCarried(resource: Resource): IndexTerms {
  const carried: Terms = typeof resource.carries === 'string' ? (JSON.parse(resource.carries) as Terms) : {};
  const terms = { ...NOTHING, ...carried };
  const main = clinicalDateParam(resource.resourceType);
  const starts = terms.date.filter((term) => term.param === main).map((term) => term.start);
  return {
    ...terms,
    patients: [...new Set(terms.reference.filter((term) => term.param === 'patient' && term.type === 'Patient').map((term) => term.id))],
    clinicalDate: starts.length === 0 ? undefined : Math.max(...starts),
  };
}

export function put(type: string, id: string, terms: Terms = {}, note = ''): Change & { kind: 'put' } {
  return { kind: 'put', resource: sample(type, id, terms, note) };
}

export function trace(id: string, terms: Terms = {}, note = ''): Change & { kind: 'append' } {
  return { kind: 'append', trace: sample('AuditEvent', id, terms, note) };
}

/** A clock that a test moves by hand. */
export interface HandClock { readonly read: () => Date; set(iso: string): void }

export function handClock(iso = '2026-03-01T08:00:00.000Z'): HandClock {
  let now = new Date(iso);
  return { read: () => now, set: (next) => void (now = new Date(next)) };
}

export function optionsFor(writer: string, clock: () => Date = () => new Date()): StoreOptions {
  return { extract: extractCarried, writer, clock };
}

export async function commitOne(store: Store, change: Change): Promise<Stored> {
  const [stored] = await store.commit([change]);
  if (stored === undefined) throw new Error('A commit of one change answered nothing');
  return stored;
}

/** Everything that a store says of a version, in a form that can be compared. */
export function shown(stored: Stored | undefined): Readonly<Record<string, unknown>> | undefined {
  if (stored === undefined) return undefined;
  const { type, id, version, lastUpdated, deleted, outcome, body, bytes } = stored;
  return { type, id, version, lastUpdated, deleted, outcome, body, decoded: bytes.toString() };
}

export function idsOf(items: readonly Stored[]): string[] {
  return items.map((item) => item.id);
}

/** Every page of a walk, one after another. `between` runs after each page but the last. */
export async function walk(page: (after: string | undefined) => Promise<{ items: readonly Stored[]; next?: string }>, between: () => Promise<unknown> = () => Promise.resolve()): Promise<Stored[]> {
  const all: Stored[] = [];
  for (let after: string | undefined, more = true; more;) {
    const { items, next } = await page(after);
    all.push(...items);
    after = next;
    more = next !== undefined;
    if (more) await between();
  }
  return all;
}
