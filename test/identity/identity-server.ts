import { personAsker } from '../terminology/workbench-server.ts';
import type { Workbench } from '../terminology/workbench-server.ts';
import { patientsOf, personsOf } from '../../src/identity/index.ts';
import type { Answer } from '../http/server.ts';
import type { IntakeServer } from '../intake/intake-server.ts';
import { startIntakeServer } from '../intake/intake-server.ts';
import { RESIDENT_ID_SYSTEM } from '../intake/samples.ts';

/** What a record says of somebody. */
export interface Said {
  readonly residentId?: string;
  readonly name: string;
  readonly birthDate?: string;
  readonly gender?: string;
  readonly phone?: string;
  readonly address?: string;
}

/** The calls of those who care for who is who. */
export interface IdentityServer extends IntakeServer {
  /** Asks as the operator of this name. */
  readonly as: Workbench['as'];
  /** Pushes a record of a source, and gives its logical id. */
  tell(source: string, number: string, said: Said): Promise<string>;
  /** All Patients of the person of one. */
  together(patient: string): Promise<readonly string[]>;
  reviews(status?: string): Promise<readonly Listed[]>;
  decide(patients: readonly string[], verdict: string, reason?: string): Promise<Answer>;
  match(parameters: readonly object[], headers?: Record<string, string>): Promise<Answer>;
  tokenOf(role: 'clinician' | 'source', of: string): Record<string, string>;
}

export interface Listed { readonly id: string; readonly status: string; readonly reason: string; readonly grade: string; readonly score: number; readonly persons: readonly { readonly id: string; readonly patients: readonly string[] }[] }

export async function startIdentityServer(uri?: string): Promise<IdentityServer> {
  const server = await startIntakeServer({ uri });
  const as = personAsker(server);
  let messages = 0;
  return {
    ...server, as,
    tell: async (source, number, said) => {
      const answer = await server.push(source, record(source, number, said), { 'X-Message-Id': `m-${messages++}` });
      if (answer.status !== 200) throw new Error(answer.text);
      return String(answer.body.entry[0].response.location).split('/')[1] ?? '';
    },
    together: async (patient) => patientsOf((await personsOf(server.services, [patient])).persons).toSorted(),
    reviews: async (status = 'requested') => (await as('mei', 'GET', `/identity/reviews?status=${status}`)).body.reviews,
    decide: (patients, verdict, reason = 'asked the resident at the desk') => as('mei', 'POST', '/identity/decisions', { patients, verdict, reason }),
    match: (parameter, headers) => server.fhir('POST', '/Patient/$match', { resourceType: 'Parameters', parameter }, headers),
    tokenOf: (role, of) => ({ Authorization: `Bearer ${server.token(role, role === 'source' ? { subject: of, source: of } : { facility: of })}` }),
  };
}

export function record(source: string, number: string, { residentId, name, birthDate = residentId === undefined ? '1971-03-05' : '1960-01-01', gender = 'female', phone, address }: Said): object {
  return {
    resourceType: 'Patient',
    identifier: [
      { system: `https://bund.example/sources/${source}/patient-number`, value: number },
      ...(residentId === undefined ? [] : [{ system: RESIDENT_ID_SYSTEM, value: residentId }]),
    ],
    name: [{ text: name }],
    gender, birthDate,
    ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
    ...(address === undefined ? {} : { address: [{ text: address }] }),
  };
}
