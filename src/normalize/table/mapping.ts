import { z } from 'zod';
import { isDateFormat } from './date-format.ts';
import { ABSENT_REASONS, CODED_FACTS, DATE_FACTS, FACTS, FACTS_OF_ONE_RESULT, type FactName } from './facts.ts';

/**
 * How a source's tables are to be read, as data: a file of `profiles/tables/`.
 * @see profiles/tables/README.md
 */

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const;

const text = z.string().min(1);

/** Where a fact stands: in a column of this name, or the same in every row. */
const factSchema = z.union([
  text,
  z.strictObject({
    column: text,
    /** The delivery is refused without the column, and a row without a value in it. */
    required: z.boolean().optional(),
    /** What a cell says -> code; for the facts that are codes. */
    values: z.record(z.string(), text).optional(),
  }),
  z.strictObject({ constant: text }),
], 'must be the name of a column, {column, required, values} or {constant}');

/** One of the results that a row of kind `report` holds. */
const resultColumnSchema = z.strictObject({
  column: text,
  required: z.boolean().optional(),
  code: text,
  display: text.optional(),
  unit: text.optional(),
  /** As printed, `3.9-6.1`. */
  range: text.optional(),
  method: text.optional(),
  flagColumn: text.optional(),
});

const shared = {
  name: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 small letters, digits and hyphens'),
  /** A delivery is of this kind if its file name (`*` and `?` stand for any) and its header say so; what is left out is not asked. */
  recognise: z.strictObject({ fileName: text.optional(), headers: z.array(text).min(1).optional() }),
  encoding: z.enum(['auto', ...ENCODINGS]).default('auto'),
  delimiter: z.enum(['auto', ...DELIMITERS]).default('auto'),
  /** Row of the column names, 1 is the first. */
  headerRow: z.int().min(1).max(50).default(1),
  /** Of a workbook; else its first sheet. */
  sheet: text.optional(),
  /** Forms of dates, such as `yyyy/M/d H:mm`; `excel` for the number that Excel keeps of a day. ISO 8601 is always read. */
  dates: z.array(z.string().refine(isDateFormat, 'must be made of yyyy, MM, M, dd, d, HH, H, mm, m, ss, s, SSS, with a year, a month and a day, or be excel')).default([]),
  decimalComma: z.boolean().default(false),
  /** A result that is no result -> why there is none: `{"": "temp-unknown", "未做": "not-performed"}`. */
  absent: z.record(z.string(), z.enum(ABSENT_REASONS)).default({}),
  facts: z.partialRecord(z.enum(FACTS), factSchema),
};

export const tableMappingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('result'), ...shared }),
  z.strictObject({ kind: z.literal('report'), ...shared, results: z.array(resultColumnSchema).min(1) }),
]).superRefine((mapping, context) => {
  for (const fault of faultsOf(mapping)) context.addIssue({ code: 'custom', ...fault });
});

/** One kind of table that a source delivers: `result` has a row for each result, `report` a row for each report. */
export type TableMapping = z.output<typeof tableMappingSchema>;
/** The same as it is written, with what is left out at its usual value. */
export type WrittenTableMapping = z.input<typeof tableMappingSchema>;
export type FactSource = z.output<typeof factSchema>;
export type ResultColumn = z.output<typeof resultColumnSchema>;

interface MappingFault { readonly path: string[]; readonly message: string }

/** Facts that say nothing without others: the element that carries them would not exist, or not be valid. */
const NEEDS: readonly (readonly [FactName, readonly FactName[], string])[] = [
  ['visitStart', ['visitNumber'], 'it is told of a visit'],
  ['visitClass', ['visitNumber', 'visitStart'], 'it is told of a visit'],
  ['ordered', ['orderNumber', 'reportName'], 'it is told of an order, and reportName says what was ordered'],
  ['doctor', ['orderNumber', 'ordered', 'reportName'], 'it is told of an order'],
  ['received', ['specimenNumber', 'specimenType'], 'it is told of a specimen'],
];

function faultsOf(mapping: z.output<typeof tableMappingSchema>): MappingFault[] {
  const { facts, recognise } = mapping;
  const has = (name: FactName): boolean => facts[name] !== undefined;
  const required: readonly FactName[] = mapping.kind === 'result' ? ['itemCode', 'result', 'collected'] : ['collected'];
  return [
    ...(recognise.fileName === undefined && recognise.headers === undefined ? [{ path: ['recognise'], message: 'must say fileName, headers or both' }] : []),
    ...(has('patientNumber') || has('residentId') ? [] : [{ path: ['facts'], message: 'must map patientNumber or residentId' }]),
    ...required.filter((name) => !has(name)).map((name) => ({ path: ['facts', name], message: `must be mapped in a table of kind ${mapping.kind}` })),
    ...(mapping.kind === 'report' ? FACTS_OF_ONE_RESULT.filter(has).map((name) => ({ path: ['facts', name], message: 'is told in results in a table of kind report' })) : []),
    ...NEEDS.flatMap(([name, needed, why]) => needed.filter((other) => has(name) && !has(other)).map((other) => ({ path: ['facts', name], message: `needs ${other} too: ${why}` }))),
    ...(mapping.kind === 'result' ? (['reportCode', 'reportName', 'conclusion'] as const) : []).filter((name) => has(name) && !has('reportNumber')).map((name) => ({ path: ['facts', name], message: 'needs reportNumber too: it is told of a report' })),
    ...FACTS.flatMap((name) => valueFaults(name, facts[name])),
  ];
}

function valueFaults(name: FactName, source: FactSource | undefined): MappingFault[] {
  if (source === undefined || typeof source === 'string') return [];
  const codes = CODED_FACTS[name];
  const path = ['facts', name];
  if ('constant' in source && DATE_FACTS.has(name)) return [{ path, message: 'is a time, which is not the same in every row' }];
  if ('constant' in source) return codes === undefined || codes.includes(source.constant) ? [] : [{ path, message: `constant must be one of ${codes.join(', ')}` }];
  if (source.values === undefined) return [];
  if (codes === undefined) return [{ path, message: 'values are for facts that are codes: sex, status, flag, visitClass' }];
  return Object.values(source.values).filter((code) => !codes.includes(code)).map((code) => ({ path, message: `values gives ${code}, which is none of ${codes.join(', ')}` }));
}
