import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import type { Services } from '../services.ts';
import { writeAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { commitWrites, repeatOnConflict } from './commit-writes.ts';
import type { Conditions } from './conditions.ts';
import { requireResource, requireType } from './incoming.ts';
import type { Preference } from './prefer.ts';
import { targetOfUpdate } from './target.ts';
import { writeResource } from './write-resource.ts';

/** Either `id` is there, or `query` for a conditional update. `body` gives the resource once the caller may update it. */
export interface UpdateInput { readonly type: string; readonly id?: string; readonly query?: string; readonly body: () => Promise<unknown>; readonly conditions: Conditions; readonly at?: string }

/**
 * Stores the next version of a resource, or the first under an id of the client's choice.
 * @throws ServiceError 'malformed', 'invalid', 'version-conflict', 'multiple-matches', 'forbidden', 'conflict'
 * @see https://hl7.org/fhir/R4/http.html#update
 */
export async function update(services: Services, caller: Caller, input: UpdateInput, preference: Preference): Promise<Answer> {
  const { type, id, query, at } = input;
  requireType(services, type);
  await authorize(services, caller, { action: 'update', type, ...(id === undefined ? {} : { id }) });
  const resource = requireResource(await input.body(), id === undefined ? { type } : { type, id }, at);
  const address = { type, ...(id === undefined ? {} : { id }), ...(query === undefined ? {} : { query }), ...(resource.id === undefined ? {} : { resourceId: resource.id }) };
  return repeatOnConflict(async () => {
    const target = await targetOfUpdate(services, address, input.conditions);
    const { write, issues } = writeResource(services, target, { make: () => resource, at });
    const [stored] = await commitWrites(services, caller, { interaction: 'update', writes: [write], found: [], assuming: target.assuming });
    if (stored === undefined) throw new Error('The store answered a commit with fewer results than changes');
    return writeAnswer(stored, preference, issues);
  });
}
