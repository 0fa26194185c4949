import type { Services } from '../services.ts';
import { keepApart } from './keep-apart.ts';
import type { KnownRecords } from './known-records.ts';
import { readKnown } from './known-records.ts';
import { leadHome } from './lead-home.ts';
import { speakerOf } from './mark.ts';
import { mergeContributions } from './merge-contributions.ts';
import type { PreparedMessage } from './prepare-message.ts';
import type { SourceMessage } from './records.ts';
import type { Source } from './source.ts';
import { whichResult } from './which-result.ts';

/** A message over what is stored now. */
export interface Joined { readonly prepared: PreparedMessage; readonly known: KnownRecords }

/** Judges what a message would do to the records that are known, and joins to them what it says of parts of them. */
export async function joinKnown(services: Services, source: Source, message: SourceMessage, sent: PreparedMessage): Promise<Joined> {
  const read = await readKnown(services, source, sent.accepted);
  const kept = await keepApart(services, source, sent, read);
  const reread = kept === sent ? read : await readKnown(services, source, kept.accepted);
  const home = await leadHome(services, source, kept);
  const { message: prepared, known } = await whichResult(services, source, home, { known: reread, speaker: speakerOf(message, home.saidAt) });
  return { prepared: await mergeContributions(services, source, message, { prepared, known }), known };
}
