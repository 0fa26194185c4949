import { districtMessages } from '../../district/message.ts';
import type { Progress } from '../progress.ts';
import { bodyOf, type Client, objectsAt, textAt } from './client.ts';
import type { Stage } from './stage.ts';

/** What became of the messages. */
export interface Pushed {
  /** Messages sent: taken in now, or answered with the answer of the first time. */
  accepted: number;
  repeated: number;
  /** Resources that the messages held, and those that were new. */
  resources: number;
  created: number;
  seconds: number;
}

/**
 * Sends every message of the district to its source's intake. All sources send at the same time, each its own messages in
 * their order, as interfaces do.
 *
 * @throws UnexpectedAnswer for a message that is not accepted
 */
export async function pushDistrict({ services, district, senders }: Stage, progress: Progress): Promise<Pushed> {
  const pushed: Pushed = { accepted: 0, repeated: 0, resources: 0, created: 0, seconds: 0 };
  const started = performance.now();
  const sendAll = async ([source, sender]: readonly [string, Client]): Promise<void> => {
    for (const { bundle, resources } of districtMessages(services, district, source)) {
      const answer = await sender.post(`/intake/${source}`, JSON.stringify(bundle));
      const response = bodyOf(`A message of ${source}`, answer);
      const isRepeat = answer.headers.get('x-intake-repeat') === 'true';
      pushed[isRepeat ? 'repeated' : 'accepted']++;
      pushed.resources += resources;
      if (!isRepeat) pushed.created += objectsAt(response, 'entry').filter((entry) => textAt(entry, 'response', 'status').startsWith('201')).length;
      progress.advance();
    }
  };
  await Promise.all([...senders].map(sendAll));
  progress.done();
  pushed.seconds = (performance.now() - started) / 1000;
  return pushed;
}
