import { setTimeout as pause } from 'node:timers/promises';
import { UNMAPPED } from '../../district/orders.ts';
import { bodyOf, type Client, numberAt, objectAt, objectsAt, textAt } from './client.ts';
import { count, facts, heading } from './print.ts';
import type { Stage } from './stage.ts';

/** Homocysteine in µmol/L. */
const LOINC = '13965-9';
const [TEST] = UNMAPPED.tests;
const LONGEST_WAIT_MS = 30_000;

/** Two people map a code that no table knew, and the results that are stored already are found by LOINC. */
export async function showMapping(stage: Stage): Promise<void> {
  const { operator, approver } = stage;
  heading(`A local code is mapped: ${TEST.local} of ${UNMAPPED.source}, ${TEST.display}`);
  const known = objectsAt(bodyOf('The list of mappings', await operator.get(`/terminology/mappings?source=${UNMAPPED.source}&status=approved`)), 'mappings').find((mapping) => textAt(mapping, 'local') === TEST.local);
  const before = await countByLoinc(stage);
  const mapping = known ?? await proposeMapping(operator);
  const job = known === undefined ? await approve(approver, textAt(mapping, 'id')) : '';
  if (job !== '') await untilDone(operator, job);
  const after = await countByLoinc(stage);
  facts([
    ['Before', `GET /fhir/Observation?code=http://loinc.org|${LOINC}: ${count(before)} results`],
    ['Proposed', known === undefined ? 'by 林运维: POST /terminology/mappings' : 'in an earlier run'],
    ['Approved', known === undefined ? 'by 吴质控, since nobody approves what they proposed: POST /terminology/mappings/<id>/approve' : 'in an earlier run'],
    ['After', `${count(after)} results, as new versions with their Provenance; what the laboratory sent stands beside it, and nothing was restarted`],
  ]);
}

async function proposeMapping(client: Client): Promise<NonNullable<ReturnType<typeof objectAt>>> {
  const proposal = { kind: 'code', source: UNMAPPED.source, local: TEST.local, display: TEST.display, loinc: LOINC, equivalence: 'equivalent', reason: 'The laboratory confirmed method and unit' };
  const answer = await client.post('/terminology/mappings', JSON.stringify(proposal));
  return objectAt(bodyOf('The proposal', answer), 'mapping') ?? {};
}

/** @returns id of the job that maps the stored results anew */
async function approve(client: Client, id: string): Promise<string> {
  const answer = await client.post(`/terminology/mappings/${id}/approve`, JSON.stringify({ reason: 'Compared with the method sheet of the laboratory' }));
  return textAt(bodyOf('The approval', answer), 'job', 'id');
}

async function untilDone(client: Client, job: string): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < end) {
    const answer = objectAt(bodyOf('The job', await client.get(`/terminology/jobs/${job}`)), 'job');
    // Settling: what is stored is mapped, and a late look follows for gateways that did not know yet.
    if (['settling', 'done'].includes(textAt(answer, 'status'))) return;
    await pause(100);
  }
}

async function countByLoinc({ system }: Stage): Promise<number> {
  return numberAt(bodyOf('The results', await system.get(`/fhir/Observation?code=http://loinc.org%7C${LOINC}&_summary=count`)), 'total');
}
