import { registerFileCertificates } from '../../src/recognition/index.ts';
import type { Answer, Parsed } from '../http/server.ts';
import type { Workbench } from '../terminology/workbench-server.ts';
import { personAsker, startWorkbench } from '../terminology/workbench-server.ts';

/** People who keep the catalogue, each an operator of their own; sources; and jobs that run when told. */
export interface RecognitionServer extends Workbench {
  /** Proposes a change as one person, approves it as another, and gives it. */
  change(proposal: object): Promise<Parsed>;
  /** Registers a certificate as two people, and gives it. */
  certify(content: object): Promise<Parsed>;
}

export async function startRecognitionServer(uri?: string): Promise<RecognitionServer> {
  const bench = await startWorkbench(uri);
  await registerFileCertificates(bench.services);
  const as = personAsker(bench);
  const both = async (address: string, proposal: object, name: string): Promise<Parsed> => {
    const proposed = await as('mei', 'POST', address, proposal);
    if (proposed.status !== 201) throw new Error(proposed.text);
    const approved = await as('lin', 'POST', `${address}/${String(proposed.body[name].id)}/approve`, { reason: 'agreed by the committee' });
    if (approved.status !== 200) throw new Error(approved.text);
    return approved.body[name];
  };
  return {
    ...bench,
    change: (proposal) => both('/recognition/changes', proposal, 'change'),
    certify: (content) => both('/recognition/certificates', certificate(content), 'certificate'),
  };
}

/** A proposal that is right, to be changed. */
export function rowProposal(content: object, changes: object = {}): object {
  return {
    subject: 'row', reason: 'decided by the committee of the district', ...changes,
    content: { item: 'GLU', kind: 'laboratory', specimens: ['serum', 'plasma'], window: { days: 3, anchor: 'collected' }, scope: 'district', exclusions: [], isEnabled: true, effective: { from: '2026-03-01' }, ...content },
  };
}

export function certificate(changes: object = {}): object {
  return {
    organization: 'jiming', item: 'ALP', organiser: '上海市临床检验中心', programme: 'SHCCL-EQA', scope: 'shanghai', valid: { from: '2026-01-01' }, rounds: [{ round: '2025-3', score: 90 }],
    reason: 'list of the centre, 2026-01', ...changes,
  };
}

export function faultOf({ body }: Pick<Answer, 'body'>): { readonly diagnostics: string; readonly expression?: readonly string[] } {
  return body.issue[0];
}
