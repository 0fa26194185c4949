import { atIntervals, type Repeating } from '../at-intervals.ts';
import type { Services } from '../services.ts';

/** What was approved at another gateway holds here after so long. */
const POLL_MS = 1_000;

/** Takes over what was decided elsewhere about the catalogue and the certificates. A failure is logged and tried again at the next interval. */
export function startRecognition(services: Services): Repeating {
  return atIntervals(services, () => POLL_MS, 'could not look after changes of the catalogue of recognition', () => services.recognition.refresh(services.store));
}
