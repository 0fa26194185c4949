import type { Clause } from '../../fhir/search/query.ts';
import { NO_SPACE } from './index-rows.ts';
import { paramName } from './names.ts';
import type { Names } from './names.ts';

/** A row of table `term` that is sought. No `value`: any of the space. */
export interface TermSought { readonly space: number; readonly value?: string }

export type TermClause = Extract<Clause, { kind: 'token' | 'reference' | 'uri' }>;

/** The parameter's number, and its alternatives with every space named: a match without one becomes a match for each that is in use. */
export function termsSought(names: Names, type: string, clause: TermClause): { readonly p: number; readonly sought: readonly TermSought[] } {
  const p = names.find(paramName(type, clause.param, clause.kind));
  const spaces = once(() => names.spacesOf(p));
  switch (clause.kind) {
    case 'token': return {
      p,
      sought: clause.anyOf.flatMap(({ system, code }) => {
        const value = code === undefined ? {} : { value: code };
        return system === undefined ? spaces().map((space) => ({ space, ...value })) : [{ space: names.find(system), ...value }];
      }),
    };
    case 'reference': return {
      p,
      sought: clause.anyOf.flatMap((match) => {
        if ('url' in match) return [{ space: NO_SPACE, value: match.url }];
        const targets = match.type === undefined ? spaces().filter((space) => space !== NO_SPACE) : [names.find(match.type)];
        return targets.map((space) => ({ space, value: match.id }));
      }),
    };
    case 'uri': return { p, sought: clause.anyOf.flatMap((value) => (clause.match === 'above' ? upward(value) : [value])).map((value) => ({ space: NO_SPACE, value })) };
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
