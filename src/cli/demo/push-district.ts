import type { Channel } from '../../district/institutions.ts';
import { INSTITUTIONS } from '../../district/institutions.ts';
import type { Progress } from '../progress.ts';
import { deliver } from './channels.ts';
import { bodyOf, numberAt } from './client.ts';
import type { Stage } from './stage.ts';

/** What became of the messages. */
export interface Pushed {
  /** Messages sent over each channel. */
  readonly sent: Readonly<Record<Channel, number>>;
  /** Records before and after. */
  readonly before: number;
  readonly after: number;
  readonly seconds: number;
}

const COUNTED = ['Patient', 'Encounter', 'ServiceRequest', 'Specimen', 'Observation', 'DiagnosticReport', 'ImagingStudy', 'DocumentReference'];

/**
 * Sends everything of the district to the exchange. All sources send at the same time, each over its own channel and its own
 * messages in their order, as interfaces do.
 *
 * @throws UnexpectedAnswer for a message that is not accepted
 */
export async function pushDistrict(stage: Stage, progress: Progress): Promise<Pushed> {
  const before = await countRecords(stage);
  const started = performance.now();
  const sent: Record<Channel, number> = { fhir: 0, hl7v2: 0, cda: 0, table: 0 };
  await Promise.all(INSTITUTIONS.map(async (institution) => {
    for await (const messages of deliver(stage, institution)) {
      sent[institution.channel] += messages;
      progress.advance();
    }
  }));
  const seconds = (performance.now() - started) / 1000;
  progress.done();
  return { sent, before, after: await countRecords(stage), seconds };
}

async function countRecords({ system }: Stage): Promise<number> {
  const counts = await Promise.all(COUNTED.map(async (type) => numberAt(bodyOf(`The number of ${type} resources`, await system.get(`/fhir/${type}?_summary=count`)), 'total')));
  return counts.reduce((sum, count) => sum + count, 0);
}
