import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import type { Services } from '../services.ts';
import { writeAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { commitWrites, repeatOnConflict } from './commit-writes.ts';
import { requireResource, requireType } from './incoming.ts';
import type { Preference } from './prefer.ts';
import { targetOfCreate } from './target.ts';
import { writeResource } from './write-resource.ts';

/** `body` gives the resource once the caller may create it. `ifNoneExist` is the query of a conditional create. */
export interface CreateInput { readonly type: string; readonly body: () => Promise<unknown>; readonly ifNoneExist?: string; readonly at?: string }

/**
 * Stores a new resource under an id of the server's choice; with `ifNoneExist`, only if none matches it.
 * @throws ServiceError 'malformed', 'invalid', 'multiple-matches', 'forbidden', 'conflict'
 * @see https://hl7.org/fhir/R4/http.html#create
 */
export async function create(services: Services, caller: Caller, input: CreateInput, preference: Preference): Promise<Answer> {
  requireType(services, input.type);
  await authorize(services, caller, { action: 'create', type: input.type });
  const resource = requireResource(await input.body(), { type: input.type }, input.at);
  return repeatOnConflict(async () => {
    const target = await targetOfCreate(services, input.type, input.ifNoneExist);
    if (target.found !== undefined) {
      await commitWrites(services, caller, { interaction: 'create', writes: [], found: [target.found], assuming: target.assuming });
      return writeAnswer(target.found, preference, []);
    }
    const { write, issues } = writeResource(services, target, { make: () => resource, at: input.at });
    const [stored] = await commitWrites(services, caller, { interaction: 'create', writes: [write], found: [], assuming: target.assuming });
    if (stored === undefined) throw new Error('The store answered a commit with fewer results than changes');
    return writeAnswer(stored, preference, issues);
  });
}
