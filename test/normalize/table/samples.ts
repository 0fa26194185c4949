import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { Sender, SentEntry, SentMessage } from '../../../src/normalize/index.ts';
import { readTable, TABLE_LIMITS, type TableDelivery, type TableLimits, type TableMapping, tableMappingSchema, type WrittenTableMapping } from '../../../src/normalize/table/index.ts';
import { PROFILES_DIR } from '../../../src/open-services.ts';

/** The mappings that a source keeps in profiles/tables. */
export function mappingsOf(source: string): TableMapping[] {
  return tableMappingSchema.array().parse(JSON.parse(readFileSync(path.join(PROFILES_DIR, 'tables', `${source}.json`), 'utf8')));
}

const SMALL_FACTS = {
  patientNumber: 'patient', name: 'name', reportNumber: 'report', itemCode: 'code', result: 'result', unit: 'unit', range: 'range', flag: 'flag', collected: 'collected', status: 'status',
};

/** A small mapping of a table of results; what is given takes the place of what it has. */
export function mapping(given: Partial<Omit<WrittenTableMapping, 'facts'>> & { facts?: Record<string, unknown> } = {}): TableMapping {
  const { facts, ...rest } = given;
  return tableMappingSchema.parse({
    name: 'small', kind: 'result', recognise: { headers: ['patient'] }, dates: ['yyyy/M/d H:mm'], ...rest,
    facts: Object.fromEntries(Object.entries({ ...SMALL_FACTS, ...facts }).filter(([, source]) => source !== undefined)),
  });
}

export function senderWith(tables: readonly TableMapping[], id = 'community-e'): Sender {
  return {
    id, tables, offset: '+08:00', patientNumberSystem: `https://bund.example/sources/${id}/patient-number`, organization: { id: 'wutongli', uscc: '12310101901005060B' },
  };
}

/** The row of a small table; a result that nothing is wrong with. */
export const ROW = {
  patient: 'P1', name: '王芳', report: 'R1', code: 'GLU', result: '5.2', unit: 'mmol/L', range: '3.9-6.1', flag: '', collected: '2025/5/6 8:05', status: '',
};
export type SmallRow = Partial<typeof ROW> & Record<string, string>;

export function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV text of small rows under the columns of the first. */
export function csv(rows: readonly SmallRow[]): string {
  const columns = Object.keys({ ...ROW, ...rows[0] });
  const lines = rows.map((row) => columns.map((column) => cell({ ...ROW, ...row }[column] ?? '')).join(','));
  return `${columns.map(cell).join(',')}\r\n${lines.map((line) => `${line}\r\n`).join('')}`;
}

interface Given { readonly tables?: readonly TableMapping[]; readonly delivery?: Partial<TableDelivery>; readonly limits?: Partial<TableLimits> }

export function readBytes(bytes: Buffer, { tables = [mapping()], delivery = {}, limits = {} }: Given = {}): SentMessage {
  return readTable(bytes, { format: 'csv', ...delivery }, senderWith(tables), { ...TABLE_LIMITS, ...limits }).read();
}

export function readRows(rows: readonly SmallRow[], given: Given = {}): SentMessage {
  return readBytes(Buffer.from(csv(rows)), given);
}

export function resources(message: Pick<SentMessage, 'entries'>, type: string): Resource[] {
  return message.entries.filter(({ resource }) => resource.resourceType === type).map(({ resource }) => resource);
}

/** The one Observation of a message. */
export function onlyResult(message: SentMessage): Resource {
  const [first, ...others] = resources(message, 'Observation');
  if (first === undefined || others.length > 0) throw new Error(`There are ${others.length + (first === undefined ? 0 : 1)} results: ${JSON.stringify(message.faults)}`);
  return first;
}

/** Faults as `place: sentence`. */
export function told({ faults }: Pick<SentMessage, 'faults'>): string[] {
  return faults.map(({ issue }) => `${issue.location ?? 'nowhere'}: ${issue.diagnostics}`);
}

/** Value of the first identifier. */
export function numberOf(resource: Resource): string {
  const [identifier] = (resource['identifier'] ?? []) as { value: string }[];
  return identifier?.value ?? '';
}

/** Codes of the results that a report lists. */
export function listedIn(report: Resource, { entries }: SentMessage): string[] {
  const byUrl = new Map<string | undefined, SentEntry>(entries.map((entry) => [entry.fullUrl, entry]));
  return ((report['result'] ?? []) as { reference: string }[]).map(({ reference }) => numberOf(byUrl.get(reference)!.resource));
}
