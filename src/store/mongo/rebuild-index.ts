import { resourceOf } from '../../fhir/body.ts';
import type { StoreOptions } from '../store.ts';
import type { Collections, ResourceDocument } from './documents.ts';
import { homeOf } from './home.ts';
import { indexedFields } from './index-terms.ts';
import { inTransaction } from './transaction.ts';

/** Resources held in memory at a time. */
const BATCH = 500;
const SETTING = 'index version';

/**
 * Writes the terms of all resources anew when what they are found by has changed. Gateways that still run with the old terms must
 * be stopped first; one that is stopped in the middle begins anew at its next start.
 */
export async function keepIndexCurrent(collections: Collections, { indexVersion, extract }: Pick<StoreOptions, 'indexVersion' | 'extract'>): Promise<void> {
  if (indexVersion === undefined) return;
  const known = await collections.settings.findOne({ _id: SETTING });
  if (known?.value === indexVersion) return;
  if (known !== null) await rebuild(collections, extract);
  await collections.settings.updateOne({ _id: SETTING }, { $set: { value: indexVersion } }, { upsert: true });
}

async function rebuild(collections: Collections, extract: StoreOptions['extract']): Promise<void> {
  const { resources } = collections;
  for (let last = ''; ;) {
    const batch = await resources.find({ _id: { $gt: last }, type: { $exists: true } }).sort({ _id: 1 }).limit(BATCH).toArray();
    const renewed = batch.map((document) => ({ from: document, to: withTerms(document, extract) }));
    const inPlace = renewed.filter(({ from, to }) => from.home === to.home);
    if (inPlace.length > 0) await resources.bulkWrite(inPlace.map(({ from, to }) => ({ replaceOne: { filter: sameVersion(from), replacement: to } })), { ordered: false });
    for (const { from, to } of renewed) if (from.home !== to.home) await move(collections, from, to);
    const end = batch.at(-1);
    if (end === undefined) return;
    last = end._id;
  }
}

function withTerms(document: ResourceDocument, extract: StoreOptions['extract']): ResourceDocument {
  const { terms: _terms, patients: _patients, record: _record, clinical: _clinical, least: _least, greatest: _greatest, ...kept } = document;
  const [type = '', id = ''] = document._id.split('/');
  const terms = extract(resourceOf(document.body));
  return { ...kept, home: homeOf({ type, id }, terms.patients), ...indexedFields(terms) };
}

/** Another gateway that writes a newer version meanwhile writes its terms too: that one is left alone. */
function sameVersion({ _id, home, version }: ResourceDocument): { _id: string; home: string; version: number } {
  return { _id, home, version };
}

async function move({ client, resources }: Collections, from: ResourceDocument, to: ResourceDocument): Promise<void> {
  await inTransaction(client, async (session) => {
    const { deletedCount } = await resources.deleteOne(sameVersion(from), { session });
    if (deletedCount === 1) await resources.insertOne(to, { session });
  });
}
