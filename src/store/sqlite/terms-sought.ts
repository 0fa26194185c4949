import type { Clause } from '../../fhir/search/query.ts';
import { NO_SPACE } from './names.ts';
import type { Names } from './names.ts';

/** A row of table `term` that is sought. No `value`: any of the space. */
export interface TermSought { readonly p: number; readonly space: number; readonly value?: string }

export type TermClause = Extract<Clause, { kind: 'token' | 'reference' | 'uri' }>;

/**
 * The rows that a clause asks for, every group of parameters and every space named: a match without a system, or without
 * a target type, becomes a match for each that is in use.
 */
export function termsSought(names: Names, type: string, clause: TermClause): readonly TermSought[] {
  return names.groupsOf(type, clause.param, clause.kind).flatMap((p) => soughtIn(names, p, clause));
}

function soughtIn(names: Names, p: number, clause: TermClause): TermSought[] {
  const spaces = once(() => names.spacesOf(p));
  switch (clause.kind) {
    case 'token': return clause.anyOf.flatMap(({ system, code }) => {
      const value = code === undefined ? {} : { value: code };
      if (system === undefined) return spaces().map((space) => ({ p, space, ...value }));
      const space = names.find(system);
      // All of a system is looked through only where the parameter has something of it.
      return code === undefined && !spaces().includes(space) ? [] : [{ p, space, ...value }];
    });
    case 'reference': return clause.anyOf.flatMap((match) => {
      if ('url' in match) return [{ p, space: NO_SPACE, value: match.url }];
      const targets = match.type === undefined ? spaces().filter((space) => space !== NO_SPACE) : [names.find(match.type)];
      return targets.map((space) => ({ p, space, value: match.id }));
    });
    case 'uri': return clause.anyOf.flatMap((value) => (clause.match === 'above' ? upward(value) : [value])).map((value) => ({ p, space: NO_SPACE, value }));
  }
}

/** The uri and every one that it continues after a `/`, with and without that `/` at the end. */
function upward(uri: string): string[] {
  const found = [uri];
  for (let slash = uri.indexOf('/'); slash >= 0; slash = uri.indexOf('/', slash + 1)) found.push(uri.slice(0, slash), uri.slice(0, slash + 1));
  return [...new Set(found)];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
