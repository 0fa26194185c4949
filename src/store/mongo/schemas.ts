import { mongo, Schema } from 'mongoose';
import type { Connection, IndexDefinition, IndexOptions } from 'mongoose';
import type { ChainDocument, Collections, CounterDocument, GroupDocument, PositionDocument, ResourceDocument, SettingDocument, VersionDocument } from './documents.ts';

const OPTIONS = { versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' } as const;
const RANGE = { param: String, low: Number, high: Number };

const resource = new Schema({
  _id: String,
  type: String,
  version: Number,
  at: Number,
  created: Number,
  digest: String,
  body: String,
  home: String,
  beside: { mark: String, note: String },
  trace: { type: { type: String }, tick: Number, writer: String, seq: Number, previous: String, hash: String },
  terms: {
    token: [String], string: [String], exact: [String], reference: [String], uri: [String],
    date: [RANGE], number: [RANGE], quantity: [{ ...RANGE, system: String, code: String }],
  },
  patients: [String],
  record: [String],
  clinical: Number,
  least: Schema.Types.Mixed,
  greatest: Schema.Types.Mixed,
}, { ...OPTIONS, collection: 'resources' });

// Newest of a type; and each kind of term, where a search for one value comes out newest first.
indexOf(resource, { type: 1, created: -1 });
indexOf(resource, { type: 1, at: 1 });
for (const kind of ['token', 'reference', 'uri']) indexOf(resource, { type: 1, [`terms.${kind}`]: 1, created: -1 });
for (const kind of ['string', 'exact']) indexOf(resource, { type: 1, [`terms.${kind}`]: 1 });
for (const kind of ['date', 'number', 'quantity']) indexOf(resource, { type: 1, [`terms.${kind}.param`]: 1, [`terms.${kind}.low`]: 1 });
// A patient's record in clinical order, whole and by code.
indexOf(resource, { type: 1, patients: 1, clinical: -1, created: -1 });
indexOf(resource, { type: 1, record: 1, clinical: -1, created: -1 });
// A writer's chain, and the history of traces. Sparse: only a trace has an entry.
indexOf(resource, { 'trace.writer': 1, 'trace.seq': 1 }, { sparse: true });
indexOf(resource, { 'trace.type': 1, 'trace.tick': 1 }, { sparse: true });

const version = new Schema({ _id: String, type: String, version: Number, at: Number, tick: Number, body: String }, { ...OPTIONS, collection: 'versions' });
indexOf(version, { tick: 1 });
indexOf(version, { type: 1, tick: 1 });

const group = new Schema({ _id: Number, last: Number, seq: Number, pending: Boolean }, { ...OPTIONS, collection: 'groups' });
indexOf(group, { seq: 1 }, { sparse: true });
indexOf(group, { pending: 1 }, { sparse: true });

const chain = new Schema({ _id: String, seq: Number, hash: String }, { ...OPTIONS, collection: 'chains' });
const position = new Schema({ _id: String, position: String }, { ...OPTIONS, collection: 'positions' });
const setting = new Schema({ _id: String, value: String }, { ...OPTIONS, collection: 'settings' });
const counter = new Schema({ _id: String, value: Number }, { ...OPTIONS, collection: 'counters' });

/** NamespaceExists and DuplicateKey: another gateway made the same at the same time. */
const EXISTS = new Set<unknown>([48, 11000]);

/**
 * Makes the collections and their indexes where they are missing; several gateways may do so at once. A transaction must not
 * have to create a collection, so all are made here.
 */
export async function prepareCollections(connection: Connection, sharded: boolean): Promise<Collections> {
  const models = {
    resources: connection.model('Resource', resource),
    versions: connection.model('Version', version),
    groups: connection.model('Group', group),
    chains: connection.model('Chain', chain),
    positions: connection.model('Position', position),
    counters: connection.model('Counter', counter),
    settings: connection.model('Setting', setting),
  };
  for (const model of Object.values(models)) {
    await model.createCollection().catch(ignoreExisting);
    await model.createIndexes();
  }
  const client = connection.getClient();
  const db = client.db(connection.name);
  for (const _id of ['clock', 'feed']) await models.counters.updateOne({ _id }, { $setOnInsert: { value: 0 } }, { upsert: true }).catch(ignoreExisting);
  return {
    client,
    resources: db.collection<ResourceDocument>(models.resources.collection.collectionName),
    versions: db.collection<VersionDocument>(models.versions.collection.collectionName),
    groups: db.collection<GroupDocument>(models.groups.collection.collectionName),
    chains: db.collection<ChainDocument>(models.chains.collection.collectionName),
    positions: db.collection<PositionDocument>(models.positions.collection.collectionName),
    counters: db.collection<CounterDocument>(models.counters.collection.collectionName),
    settings: db.collection<SettingDocument>(models.settings.collection.collectionName),
    sharded,
  };
}

function indexOf(schema: Schema, fields: IndexDefinition, options: IndexOptions = {}): void {
  schema.index(fields, options);
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof mongo.MongoServerError) || !EXISTS.has(error.code)) throw error;
}
