import { runRemapJobs } from '../../src/terminology/run-remap-jobs.ts';
import type { Answer } from '../http/server.ts';
import type { IntakeServer } from '../intake/intake-server.ts';
import { startIntakeServer } from '../intake/intake-server.ts';

/** Calls of people who map codes, each an operator of their own. */
export interface Workbench extends IntakeServer {
  /** Asks as the operator of this name. */
  as(person: string, method: string, address: string, body?: unknown): Promise<Answer>;
  /** Proposes as one person, approves as another, and gives the mapping and the job. */
  map(proposal: object): Promise<{ readonly mapping: { readonly id: string }; readonly job: { readonly id: string } }>;
  /** Works on the open jobs until none is left. */
  remap(): Promise<void>;
}

export async function startWorkbench(uri?: string): Promise<Workbench> {
  const server = await startIntakeServer({ uri });
  const as = personAsker(server);
  return {
    ...server, as,
    map: async (proposal) => {
      const proposed = await as('mei', 'POST', '/terminology/mappings', proposal);
      if (proposed.status !== 201) throw new Error(proposed.text);
      const approved = await as('lin', 'POST', `/terminology/mappings/${String(proposed.body.mapping.id)}/approve`, { reason: 'agreed with the laboratory' });
      if (approved.status !== 200) throw new Error(approved.text);
      return approved.body;
    },
    remap: async () => {
      while (await runRemapJobs(server.services, { worker: 'test', graceMs: 0, restartMs: 0 }) > 0);
    },
  };
}

export function personAsker({ url, token }: Pick<IntakeServer, 'url' | 'token'>): Workbench['as'] {
  return async (person, method, address, body) => {
    const response = await fetch(url + address, {
      method,
      headers: { Authorization: `Bearer ${token('operator', { subject: person })}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
}

/** A proposal that is right, to be changed. */
export function proposal(source: string, local: string, changes: object = {}): object {
  return { kind: 'code', source, local, item: 'GLU', loinc: '14749-6', equivalence: 'equivalent', reason: 'named so in the list of the laboratory', ...changes };
}

