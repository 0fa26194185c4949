import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import { jobResource, markJobOf } from '../../terminology/index.ts';
import { codesOf } from '../catalogue/check-entry.ts';
import type { Certificate } from '../rules/certificate.ts';

/**
 * The jobs that give results their mark which were reported within the days of a certificate before it was registered: of
 * every system of the institution that was assessed. They write new versions, each with its Provenance.
 */
export function lateMarkJobs({ sources, codes, recognition }: Pick<Services, 'sources' | 'codes' | 'recognition'>, { id, organization, item }: Certificate, at: { readonly revision: number; readonly by: string; readonly now: string }): readonly Change[] {
  const systems = [...sources.values()].filter((source) => source.organization.id === organization).map((source) => source.id);
  const rows = recognition.entries.filter((entry) => entry.subject === 'row' && entry.content.item === item);
  const codesOfExamination = [...new Set(rows.flatMap((row) => codesOf(row, codes)).map(({ system, code }) => `${system}|${code}`))];
  const kinds = codes.items.has(item) ? (['item'] as const) : (['study', 'report'] as const);
  return systems.flatMap((source) => kinds.map((kind): Change => {
    const job = markJobOf({ source, kind, local: item, standard: kind === 'report' ? codesOfExamination : [] }, `VerificationResult/${id}`, at);
    return { kind: 'put', resource: jobResource(job), expectedVersion: 0 };
  }));
}
