import { authorize, type Caller } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Services } from '../../services.ts';
import { districtDay } from '../catalogue/days.ts';
import { bestOf } from '../rules/assess-panel.ts';
import type { Candidate } from './assess-orders.ts';
import { assessRows } from './assess-orders.ts';
import { institutionOf, subjectOf } from './ask-recognition.ts';

/** A result that could stand in for a test, were it ordered now. */
export interface ValidResult { readonly zh: string; readonly en: string; readonly best: Candidate }

const MOST_TOLD = 200;

/**
 * What other institutions have measured of a patient that may be recognised now, whatever is ordered. Traced before it returns.
 *
 * @param patient logical id
 * @throws ServiceError as `askRecognition`
 */
export async function findValidResults(services: Services, caller: Caller, patient: string, interaction: string): Promise<{ readonly found: readonly ValidResult[]; readonly now: Date }> {
  const permit = await authorize(services, caller, { action: 'recognition-ask', type: 'Patient', id: patient, patients: [patient] });
  const orderedBy = institutionOf(services, caller);
  const now = services.clock();
  const rows = services.recognition.rowsOn(districtDay(now.toISOString(), services.config.offsetMinutes)).filter(({ isEnabled, window }) => isEnabled && window.days > 0);
  const items = await assessRows(services, rows, { subject: await subjectOf(services, patient), orderedBy, now });
  const found = items.flatMap(({ row, candidates }): ValidResult[] => {
    const best = bestOf(candidates.filter(({ assessment, prior }) => assessment.verdict === 'recognise' && prior.performer?.organization !== orderedBy.organization));
    return best === undefined || row === undefined ? [] : [{ zh: row.zh, en: row.en, best }];
  }).slice(0, MOST_TOLD);
  await recordTrace(services, caller, {
    action: 'operation', interaction, outcome: 'success',
    resources: [...new Set(found.flatMap(({ best: { prior } }) => (prior.report === undefined ? [prior.reference] : [prior.reference, prior.report])))],
    patients: [...new Set([patient, ...found.map(({ best }) => best.prior.patient)])].map((id) => `Patient/${id}`),
    ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  });
  return { found, now };
}
