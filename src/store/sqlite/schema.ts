import { ServiceError } from '../../errors.ts';
import type { Connection } from './connection.ts';
import { numberOf } from './row.ts';
import { name } from './sql.ts';

/**
 * Every sequence number `seq` is drawn from one counter, by versions and traces alike, in commit order: SQLite has one writer
 * at a time, so that what is seen with a lower number was committed before. A resource is known to the index by `rid`, the
 * number of its first version (a trace: its own), which makes descending `rid` the order "last created first".
 */
const FIRST = `
CREATE TABLE setting (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE consumer (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Texts that recur are kept once and referred to by number: types, parameters, systems, ids of patients, writers.
CREATE TABLE name (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- Append-only. 'updated' is in epoch milliseconds and never goes back along 'seq'.
CREATE TABLE version (
  seq INTEGER PRIMARY KEY, type INTEGER NOT NULL, rid INTEGER NOT NULL, version INTEGER NOT NULL,
  updated INTEGER NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX version_of_resource ON version (rid, version);
CREATE INDEX version_of_type ON version (type);

-- The current version of each resource, also of a deleted one.
CREATE TABLE resource (
  rid INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  seq INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL, UNIQUE (type, id)
) STRICT;

-- Append-only: the links of the audit chains.
CREATE TABLE trace (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, writer INTEGER NOT NULL, position INTEGER NOT NULL,
  updated INTEGER NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (writer, position)
) STRICT;

-- The index: only what is current and not deleted. A value that a resource has by several parameters ('code' and
-- 'combo-code', 'patient' and 'subject') has one row: 'p' is the number of the group of those parameters.
CREATE TABLE membership (param INTEGER, p INTEGER, PRIMARY KEY (param, p)) STRICT, WITHOUT ROWID;
-- 'params' lists the parameters a resource has terms for, ',3,17,'.
CREATE TABLE live (type INTEGER, rid INTEGER, params TEXT NOT NULL, PRIMARY KEY (type, rid)) STRICT, WITHOUT ROWID;
-- What is found by equality. 'space' is a token's system, a reference's type (0: a url), 0 for a uri.
CREATE TABLE term (p INTEGER, space INTEGER, value TEXT, rid INTEGER, PRIMARY KEY (p, space, value, rid)) STRICT, WITHOUT ROWID;
-- The spaces that terms of a parameter have been seen with, for a search that names none.
CREATE TABLE space (p INTEGER, space INTEGER, PRIMARY KEY (p, space)) STRICT, WITHOUT ROWID;
CREATE TABLE phrase (rid INTEGER, p INTEGER, folded TEXT, exact TEXT, PRIMARY KEY (rid, p, folded, exact)) STRICT, WITHOUT ROWID;
CREATE INDEX phrase_by_folded ON phrase (p, folded);
CREATE INDEX phrase_by_exact ON phrase (p, exact);
-- Dates (epoch milliseconds), numbers and quantities; 'space' and 'code' are a quantity's unit. Not STRICT: whole numbers stay integers, others are reals.
CREATE TABLE extent (rid INTEGER, p INTEGER, low NUMERIC, high NUMERIC, space INTEGER, code TEXT, PRIMARY KEY (rid, p, low, high, space, code)) WITHOUT ROWID;
CREATE INDEX extent_by_low ON extent (p, low);
-- A search by the high end starts so much lower as the widest extent of the parameter reaches; extents without an end are listed apart.
CREATE TABLE endless (p INTEGER, rid INTEGER, PRIMARY KEY (p, rid)) STRICT, WITHOUT ROWID;
CREATE TABLE widest (p INTEGER PRIMARY KEY, width NUMERIC NOT NULL);
-- A patient's record, newest first: one row for the type (space 0, value ''), and one for each code. 'via' tells by which
-- parameters the resource names the patient, see patient-index.ts.
CREATE TABLE record (
  patient INTEGER, p INTEGER, space INTEGER, value TEXT, date INTEGER, rid INTEGER, via INTEGER,
  PRIMARY KEY (patient, p, space, value, date DESC, rid DESC, via)
) STRICT, WITHOUT ROWID;
`;

/** Keeps what recurs by kind. The index is built anew: an index version that no program has makes the next gateway do it. */
const KINDS = `
DROP INDEX version_of_resource;
-- The first version needs no entry: its 'seq' is the 'rid'.
CREATE UNIQUE INDEX later_version ON version (rid, version) WHERE version > 1;

DROP TABLE live; DROP TABLE record;
DELETE FROM term; DELETE FROM phrase; DELETE FROM extent; DELETE FROM endless; DELETE FROM membership; DELETE FROM space; DELETE FROM widest;
UPDATE setting SET value = '' WHERE name = 'index version';
UPDATE setting SET value = 0 WHERE name = 'indexed traces';

-- Most resources are one of a few thousand kinds: type, code, status and profile recur in endless combinations of identity, person
-- and time. What recurs is kept once for each kind, and a resource says which kind it is; 'term' has what does not recur. 'params'
-- lists the parameters that the kind has terms for, ',3,17,'.
CREATE TABLE kind (number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, params TEXT NOT NULL) STRICT;
CREATE TABLE kind_term (p INTEGER, space INTEGER, value TEXT, kind INTEGER, PRIMARY KEY (p, space, value, kind)) STRICT, WITHOUT ROWID;
CREATE TABLE live (type INTEGER, rid INTEGER, kind INTEGER NOT NULL, PRIMARY KEY (type, rid)) STRICT, WITHOUT ROWID;
CREATE INDEX live_of_kind ON live (kind);
-- A patient's record, newest first: one row in the part of the type, and where the resource has a code one in the part of its
-- kind. 'via' tells by which parameters the resource names the patient, see patient-index.ts.
CREATE TABLE record (
  patient INTEGER, part INTEGER, date INTEGER, rid INTEGER, via INTEGER,
  PRIMARY KEY (patient, part, date DESC, rid DESC, via)
) STRICT, WITHOUT ROWID;
`;

/**
 * Puts what is said of one thing together: its id and every reference to it, or every record that has an identifier. A message's
 * references and ids are spread over as few pages as it names things. The index is built anew. And makes room beside resources.
 */
const TOGETHER = `
DROP TABLE term;
DELETE FROM phrase; DELETE FROM extent; DELETE FROM endless; DELETE FROM membership; DELETE FROM space; DELETE FROM widest; DELETE FROM record; DELETE FROM live; DELETE FROM kind; DELETE FROM kind_term;
UPDATE setting SET value = '' WHERE name = 'index version';
UPDATE setting SET value = 0 WHERE name = 'indexed traces';

-- What is found by equality. 'space' is a token's system, a reference's type (0: a url), 0 for a uri. Group 0 is the logical id of each
-- resource that ever was, also of a deleted one: its 'space' is the type.
CREATE TABLE term (space INTEGER, value TEXT, p INTEGER, rid INTEGER, PRIMARY KEY (space, value, p, rid)) STRICT, WITHOUT ROWID;
INSERT INTO term SELECT type, id, 0, rid FROM resource ORDER BY type, id;

ALTER TABLE resource RENAME TO identified;
CREATE TABLE resource (
  rid INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  seq INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL
) STRICT;
INSERT INTO resource SELECT rid, type, id, version, seq, updated, deleted FROM identified ORDER BY rid;
DROP TABLE identified;

-- What is kept beside a resource that has something.
CREATE TABLE beside (rid INTEGER PRIMARY KEY, mark TEXT, note TEXT) STRICT;
`;

/** Step n leads from schema n to n + 1. A step is never changed after it was released. */
export const STEPS: readonly string[] = [FIRST, KINDS, TOGETHER];

/** 'Bund' as a number, in the header of the file: another program's database is not taken for ours. */
const APPLICATION_ID = 0x42756e64;

/**
 * Brings an empty or older database to the current schema, in one transaction.
 * @throws ServiceError 'unavailable' for a newer schema or a database of another program
 */
export function migrate(connection: Connection): void {
  connection.transact(() => {
    const version = pragma(connection, 'user_version');
    const isOurs = pragma(connection, 'application_id') === APPLICATION_ID;
    if (!isOurs && (version > 0 || hasTables(connection))) throw new ServiceError('unavailable', 'The file is a database of another program');
    if (version > STEPS.length) throw new ServiceError('unavailable', `The database has schema ${version}, newer than schema ${STEPS.length} of this program: run the newer program`);
    for (const step of STEPS.slice(version)) connection.exec(step);
    if (version < STEPS.length) connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STEPS.length}`);
  });
}

function pragma(connection: Connection, pragmaName: string): number {
  return numberOf(connection.get(name(`PRAGMA ${pragmaName}`))?.[pragmaName]);
}

function hasTables(connection: Connection): boolean {
  return connection.get(name('SELECT 1 FROM sqlite_schema LIMIT 1')) !== undefined;
}
