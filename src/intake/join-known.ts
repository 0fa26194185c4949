import type { Services } from '../services.ts';
import { ambiguousResults } from './ambiguous-results.ts';
import type { KnownRecords } from './known-records.ts';
import { readKnown } from './known-records.ts';
import { mergeContributions } from './merge-contributions.ts';
import { ofOtherPatients } from './other-patients.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { acceptEntries } from './prepare-message.ts';
import type { SourceMessage } from './records.ts';
import type { Source } from './source.ts';

/** A message over what is stored now. */
export interface Joined { readonly prepared: PreparedMessage; readonly known: KnownRecords }

/** Judges what a message would do to the records that are known, and joins to them what it says of parts of them. */
export async function joinKnown(services: Services, source: Source, message: SourceMessage, sent: PreparedMessage): Promise<Joined> {
  const known = await readKnown(services, source, sent.accepted);
  const conflicts = [...await ofOtherPatients(services, sent, known), ...await ambiguousResults(services, source, sent, known)];
  const prepared = conflicts.length === 0 ? sent : { ...sent, ...await acceptEntries(services, sent.kind, sent.accepted, [...sent.faults, ...conflicts]) };
  return { prepared: await mergeContributions(services, source, message, { prepared, known }), known };
}
