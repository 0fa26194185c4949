import { columnOf } from './plan-columns.ts';
import type { MentionKind, Mention } from './mentions.ts';
import { Mentions } from './mentions.ts';
import type { ResultReading, ResultSaid } from './read-results.ts';
import { readOneResult, readResultColumns } from './read-results.ts';
import type { Reading, RowFault, Said, TableRow } from './read-row.ts';
import { readRow } from './read-row.ts';

/** A row that can be taken in, and the records that it speaks of. */
export interface GoodRow {
  readonly row: number;
  readonly said: Said;
  readonly patient: Mention;
  readonly visit: Mention | undefined;
  readonly order: Mention | undefined;
  readonly specimen: Mention | undefined;
  readonly report: Mention | undefined;
  readonly results: readonly ResultSaid[];
  /** Results of the row that cannot be taken in. */
  readonly faults: readonly RowFault[];
}
export interface BadRow { readonly row: number; readonly faults: readonly RowFault[] }

/** What the rows of a delivery say, in their order; a row that repeats another one word for word is left out. */
export interface Gathered {
  readonly rows: readonly (GoodRow | BadRow)[];
  readonly mentions: Readonly<Record<MentionKind, Mentions>>;
}

export function isGood(row: GoodRow | BadRow): row is GoodRow {
  return 'said' in row;
}

/** Reads rows one after another, and finds those that contradict or repeat an earlier one. */
export function gatherRows(rows: readonly TableRow[], reading: Reading, results: ResultReading): Gathered {
  const mentions = { patient: new Mentions('patient'), visit: new Mentions('visit'), order: new Mentions('order'), specimen: new Mentions('specimen'), report: new Mentions('report') };
  const first = new Map<string, GoodRow>();
  const gathered: (GoodRow | BadRow)[] = [];
  for (const row of rows) {
    const read = gatherRow(row, { reading, results, mentions, first });
    if (read !== undefined) gathered.push(read);
  }
  return { rows: gathered, mentions };
}

interface Gathering { readonly reading: Reading; readonly results: ResultReading; readonly mentions: Gathered['mentions']; readonly first: Map<string, GoodRow> }

/** @returns undefined for a row that repeats an earlier one */
function gatherRow(source: TableRow, gathering: Gathering): GoodRow | BadRow | undefined {
  const { reading, results } = gathering;
  const { row } = source;
  const faults: RowFault[] = source.broken === undefined ? [] : [{ column: '', code: 'structure', diagnostics: source.broken }];
  if (source.broken !== undefined) return { row, faults };
  const said = readRow(source, reading, faults);
  const ofResults: RowFault[] = [];
  const found = readResults(source, said, results, ofResults);
  if (faults.length > 0 || found.length === 0) return { row, faults: [...faults, ...ofResults, ...(faults.length + ofResults.length === 0 ? [NO_RESULT] : [])] };
  const keys = keysOf(said, results.mapping.kind);
  for (const kind of KINDS) {
    const contradiction = contradictionFault(kind, keys, said, gathering);
    if (contradiction !== undefined) return { row, faults: [contradiction] };
  }
  const name = nameOfRow(said, keys);
  const before = gathering.first.get(name);
  if (before !== undefined) return isRepetition(before, said, found) && ofResults.length === 0 ? undefined : { row, faults: [otherThan(before, results)] };
  const good = { row, said, ...joinMentions(keys, said, row, gathering.mentions), results: found, faults: ofResults };
  gathering.first.set(name, good);
  return good;
}

const NO_RESULT: RowFault = { column: '', code: 'required', diagnostics: 'The row holds no result' };

function readResults({ cells }: TableRow, said: Said, results: ResultReading, faults: RowFault[]): readonly ResultSaid[] {
  if (results.mapping.kind === 'report') return readResultColumns(cells, said, results, faults);
  const one = readOneResult(said, results, faults);
  return one === undefined ? [] : [one];
}

type Keys = Readonly<Record<MentionKind, string>>;

/** What the sender calls the records of a row; '' for none. */
function keysOf(said: Said, kind: 'result' | 'report'): Keys {
  const patient = said.patientNumber || said.residentId;
  // A row that is a report without a number is told by its patient and its time.
  const report = said.reportNumber || (kind === 'report' ? `${patient}:${said.collected}` : '');
  return { patient, report, visit: said.visitNumber, order: said.orderNumber, specimen: said.specimenNumber };
}

const KINDS: readonly MentionKind[] = ['patient', 'visit', 'order', 'specimen', 'report'];
const NUMBER_OF = { patient: 'patientNumber', visit: 'visitNumber', order: 'orderNumber', specimen: 'specimenNumber', report: 'reportNumber' } as const;

function contradictionFault(kind: MentionKind, keys: Keys, said: Said, { mentions, reading }: Gathering): RowFault | undefined {
  const found = keys[kind] === '' ? undefined : mentions[kind].contradiction(keys[kind], said, keys.patient);
  if (found === undefined) return undefined;
  const column = columnOf(reading.plan, found.fact ?? NUMBER_OF[kind]);
  const what = found.fact === undefined ? `gives this ${kind} to another patient` : `says something else of the same ${kind}`;
  return { column, code: 'conflict', diagnostics: `The row ${what} than row ${found.row}` };
}

function joinMentions(keys: Keys, said: Said, row: number, mentions: Gathered['mentions']): Pick<GoodRow, MentionKind> {
  const patient = mentions.patient.join(keys.patient, said, row, undefined);
  const of = (kind: MentionKind): Mention | undefined => (keys[kind] === '' ? undefined : mentions[kind].join(keys[kind], said, row, patient));
  return { patient, visit: of('visit'), order: of('order'), specimen: of('specimen'), report: of('report') };
}

/** Rows of one name hold the same result, or the same report. */
function nameOfRow(said: Said, keys: Keys): string {
  const report = keys.report === '' ? `${keys.patient}\n${said.collected}` : `\n${keys.report}`;
  return `${report}\n${said.itemCode}`;
}

function isRepetition(before: GoodRow, said: Said, results: readonly ResultSaid[]): boolean {
  const isSame = (Object.keys(said) as (keyof Said)[]).every((fact) => said[fact] === before.said[fact]);
  return isSame && before.faults.length === 0 && results.length === before.results.length && results.every(({ text, code, flag }, at) => text === before.results[at]?.text && code === before.results[at].code && flag === before.results[at].flag);
}

function otherThan({ row }: GoodRow, { mapping, place }: ResultReading): RowFault {
  const what = mapping.kind === 'result' ? 'another result of the same test in the same report' : 'the same report otherwise';
  return { column: place?.column ?? '', code: 'duplicate', diagnostics: `The row gives ${what} than row ${row}: a delivery holds each once` };
}
