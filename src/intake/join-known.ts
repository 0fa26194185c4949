import type { Services } from '../services.ts';
import { ambiguousResults } from './ambiguous-results.ts';
import { keepApart } from './keep-apart.ts';
import type { KnownRecords } from './known-records.ts';
import { readKnown } from './known-records.ts';
import { leadHome } from './lead-home.ts';
import { speakerOf } from './mark.ts';
import { mergeContributions } from './merge-contributions.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { acceptEntries } from './prepare-message.ts';
import type { SourceMessage } from './records.ts';
import type { Source } from './source.ts';

/** A message over what is stored now. */
export interface Joined { readonly prepared: PreparedMessage; readonly known: KnownRecords }

/** Judges what a message would do to the records that are known, and joins to them what it says of parts of them. */
export async function joinKnown(services: Services, source: Source, message: SourceMessage, sent: PreparedMessage): Promise<Joined> {
  const read = await readKnown(services, source, sent.accepted);
  const kept = await keepApart(services, source, sent, read);
  const known = kept === sent ? read : await readKnown(services, source, kept.accepted);
  const apart = await leadHome(services, source, kept);
  const ambiguous = await ambiguousResults(services, source, apart, { known, speaker: speakerOf(message, apart.saidAt) });
  const prepared = ambiguous.length === 0 ? apart : { ...apart, ...await acceptEntries(services, apart.kind, apart.accepted, [...apart.faults, ...ambiguous]) };
  return { prepared: await mergeContributions(services, source, message, { prepared, known }), known };
}
