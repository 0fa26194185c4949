import { atIntervals, type Repeating } from '../at-intervals.ts';
import type { Services } from '../services.ts';
import { noticeModel } from './notice-model.ts';
import { runRematchJobs } from './run-rematch-jobs.ts';

const POLL_MS = 15_000;
/** Gateways are restarted one after another within this time. */
const RESTART_MS = 1_800_000;

/** Forms all persons anew when the model has changed since the last start. A failure is logged and tried again at the next interval. */
export function startIdentity(services: Services): Repeating {
  const worker = services.newId();
  let isModelNoticed = false;
  return atIntervals(services, () => POLL_MS, 'could not look after the matching of records', async (signal) => {
    if (!isModelNoticed) await noticeModel(services);
    isModelNoticed = true;
    await runRematchJobs(services, { worker, restartMs: RESTART_MS, signal });
  });
}
