import { atIntervals, type Repeating } from '../at-intervals.ts';
import type { Services } from '../services.ts';
import { noticeFiles } from './notice-files.ts';
import { runRemapJobs } from './run-remap-jobs.ts';

/** A mapping that was approved at another gateway holds here after so long. */
const POLL_MS = 1_000;
/** Without a change, jobs that another process left are looked for only every so many intervals. */
const ROUNDS_BETWEEN_JOBS = 30;
/** Gateways are restarted one after another within this time. */
const RESTART_MS = 1_800_000;

/**
 * Takes over mappings that were approved elsewhere, and maps stored results by what has changed, in the files since the last
 * start too. A failure is logged and tried again at the next interval.
 */
export function startTerminology(services: Services): Repeating {
  const options = { worker: services.newId(), graceMs: services.config.limits.requestMs + 3 * POLL_MS, restartMs: RESTART_MS };
  let knownRevision = '';
  let openJobs = 0;
  let rounds = 0;
  let areFilesNoticed = false;
  return atIntervals(services, () => POLL_MS, 'could not look after changed mappings', async (signal) => {
    const count = rounds++;
    if (!areFilesNoticed) await noticeFiles(services);
    areFilesNoticed = true;
    await services.liveCodes.refresh(services.store);
    // A certificate that was registered late calls for such a job too.
    const revision = `${services.liveCodes.revision} ${services.recognition.revision}`;
    if (revision !== knownRevision || openJobs > 0 || count % ROUNDS_BETWEEN_JOBS === 0) openJobs = await runRemapJobs(services, { ...options, signal });
    knownRevision = revision;
  });
}
