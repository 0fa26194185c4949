import { z } from 'zod';
import type { Scope } from '../rules/catalogue-item.ts';
import { INSTITUTION_LEVELS, SCOPE_LEVELS } from '../rules/catalogue-item.ts';
import { fileName } from './read-file.ts';

const text = z.string().trim().min(1).max(200);
const scopeId = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be of small letters, digits and hyphens');

export const scopesSchema = z.strictObject({
  scopes: z.array(z.strictObject({ id: scopeId, level: z.enum(SCOPE_LEVELS), label: text, parent: scopeId.optional() })).min(1),
  members: z.array(z.strictObject({ organization: text, scopes: z.array(scopeId).min(1), level: z.enum(INSTITUTION_LEVELS).optional() })),
  /** Where institutions belong that are not listed. */
  others: z.strictObject({ scopes: z.array(scopeId) }),
});
export type Scopes = Readonly<z.infer<typeof scopesSchema>>;

const SCOPES_FILE = fileName('scopes.json');

/** Every fault of the tree and of what belongs to it, each as a sentence. */
export function scopeFaults({ scopes, members, others }: Scopes): readonly string[] {
  const byId = new Map(scopes.map((scope) => [scope.id, scope]));
  const repeated = scopes.filter(({ id }, at) => scopes.findIndex((other) => other.id === id) < at).map(({ id }) => `${SCOPES_FILE} lists scope ${id} twice`);
  const parents = scopes.flatMap(({ id, level, parent }) => {
    const above = byId.get(parent ?? '');
    if (parent === undefined) return level === 'national' ? [] : [`${SCOPES_FILE} scope ${id} has no parent: the tree ends at the nation`];
    if (above === undefined) return [`${SCOPES_FILE} scope ${id} names parent ${parent}, which is no scope`];
    return isWider(above, level) ? [] : [`${SCOPES_FILE} scope ${id} is ${level}, and its parent ${parent} is ${above.level}: a parent must be wider`];
  });
  const named = [...members.map((member) => ({ who: `member ${member.organization}`, ids: member.scopes })), { who: 'others', ids: others.scopes }];
  return [
    ...repeated, ...parents,
    ...named.flatMap(({ who, ids }) => ids.filter((id) => !byId.has(id)).map((id) => `${SCOPES_FILE} ${who} belongs to ${id}, which is no scope`)),
    ...members.filter(({ organization }, at) => members.findIndex((other) => other.organization === organization) < at).map(({ organization }) => `${SCOPES_FILE} lists member ${organization} twice`),
  ];
}

function isWider(above: Pick<Scope, 'level'>, level: Scope['level']): boolean {
  return SCOPE_LEVELS.indexOf(above.level) < SCOPE_LEVELS.indexOf(level);
}

/** Scopes of an institution with all above them, the narrowest first. */
export function closureOf(ids: readonly string[], scopes: ReadonlyMap<string, Scope>): readonly string[] {
  const found = new Map<string, Scope>();
  let wave = ids;
  while (wave.length > 0) {
    const known = wave.map((id) => scopes.get(id)).filter((scope) => scope !== undefined && !found.has(scope.id)).filter((scope) => scope !== undefined);
    for (const scope of known) found.set(scope.id, scope);
    wave = known.map(({ parent }) => parent).filter((id) => id !== undefined);
  }
  return [...found.values()].sort((a, b) => SCOPE_LEVELS.indexOf(b.level) - SCOPE_LEVELS.indexOf(a.level)).map(({ id }) => id);
}
