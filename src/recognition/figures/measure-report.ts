import { derivedId } from '../../fhir/derived-id.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import type { Column } from './columns.ts';
import { countsOf, NO_COUNTS } from './columns.ts';
import type { Dimension, FigureSet } from './figure-set.ts';
import { DIMENSIONS } from './figure-set.ts';
import type { Counted, Indicator, MeasureGroup } from './measures.ts';
import { monthOf } from './month.ts';
import { decidedOf, plus, type Told } from './rates.ts';
import type { RecordLists } from './record-lists.ts';
import type { Sight } from './sight.ts';
import { tableFor, toldCounts } from './sight.ts';
import type { Snapshot } from './snapshot.ts';

const DIMENSION_SYSTEM = 'https://bund.example/CodeSystem/figure-dimension';
const MASKED: JsonObject = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] };
const DIGITS = 10_000;

export interface Reported {
  /** One for each month of the period, the first at first. */
  readonly months: readonly FigureSet[];
  readonly sight: Sight;
  /** Where the figures are fixed. */
  readonly snapshot?: Snapshot | undefined;
  readonly lists?: RecordLists | undefined;
  /** References by column, for a report that lists its subjects. */
  readonly subjects?: ReadonlyMap<Column, readonly string[]> | undefined;
}

/** The MeasureReport of an indicator, as somebody may see it. What is hidden stands as masked. */
export function reportOf(services: Services, indicator: Indicator, reported: Reported): Resource & { readonly id: string } {
  const { months, snapshot, sight, subjects, lists } = reported;
  const { offsetMinutes, figures: { smallestCell } } = services.config;
  const [first, last] = [months[0]?.month ?? '', months.at(-1)?.month ?? ''];
  const total = totalOf(reported, smallestCell);
  const used = [...new Set(indicator.groups.flatMap(({ populations }) => populations.map(({ column }) => column)))];
  const evaluated = lists === undefined ? [] : [...new Set(used.flatMap(columnsBehind))].flatMap((column) => lists.of(column));
  const contained = subjects === undefined ? [] : used.map((counted) => listOf(counted, columnsBehind(counted).flatMap((column) => subjects.get(column) ?? [])));
  return {
    resourceType: 'MeasureReport',
    id: snapshot === undefined ? services.newId() : derivedId('MeasureReport', indicator.id, snapshot.month, snapshot.revision),
    ...(contained.length === 0 ? {} : { contained }),
    ...(snapshot === undefined ? {} : { extension: [{ url: 'https://bund.example/StructureDefinition/figure-revision', valuePositiveInt: snapshot.revision }] }),
    status: 'complete',
    type: subjects === undefined ? 'summary' : 'subject-list',
    measure: indicator.url,
    date: snapshot?.fixedAt ?? services.clock().toISOString(),
    reporter: sight.kind === 'own' ? { reference: `Organization/${sight.organization}` } : { display: 'Bund' },
    period: { start: `${first}-01`, end: new Date(monthOf(last, offsetMinutes).end + offsetMinutes * 60_000).toISOString().slice(0, 10) },
    group: indicator.groups.map((group) => ({
      ...(group.code === undefined ? {} : { code: group.code }),
      ...measured(group, indicator.scoring, total, subjects !== undefined),
      stratifier: stratifiersOf(services, group, indicator.scoring, reported),
    })),
    ...(evaluated.length === 0 ? {} : { evaluatedResource: evaluated.map((reference) => ({ reference })) }),
  };
}

/** Of an institution that opens its own records, its own numbers: those of its lists. */
function totalOf({ months, sight, subjects }: Reported, least: number): Told {
  const tables = months.map((figures) => tableFor(sight, figures, sight.kind === 'own' && subjects !== undefined ? 'item' : 'organization', least));
  return mergedTotals(tables.flatMap((table) => (table === undefined ? [] : [toldCounts(table.total)])));
}

/** Several months are read by whoever sees everything. */
function mergedTotals(told: readonly Told[]): Told {
  const [first = NO_COUNTS, ...others] = told;
  return others.reduce((sum, one) => toldOf((column) => plus(sum[column], one[column])), first);
}

function toldOf(count: (column: keyof Told) => number | null): Told {
  const told: Partial<Record<keyof Told, number | null>> = {};
  for (const column of Object.keys(NO_COUNTS) as (keyof Told)[]) told[column] = count(column);
  return { ...countsOf(() => 0), ...told };
}

function measured(group: MeasureGroup, scoring: string, told: Told, hasSubjects: boolean): JsonObject {
  return {
    population: group.populations.map(({ code, column }) => ({
      code, ...counted(countOf(told, column)),
      ...(hasSubjects ? { subjectResults: { reference: `#${column}` } } : {}),
    })),
    ...scoreOf(group, scoring, told),
  };
}

function counted(count: number | null): JsonObject {
  return count === null ? { _count: MASKED } : { count };
}

function scoreOf({ populations, cost }: MeasureGroup, scoring: string, told: Told): JsonObject {
  if (cost !== undefined) return { measureScore: told[cost] === null ? MASKED : { value: told[cost], unit: '分' } };
  if (scoring !== 'proportion') return {};
  const of = (code: string): number | null => {
    const population = populations.find((one) => JSON.stringify(one.code).includes(`"${code}"`));
    return population === undefined ? null : countOf(told, population.column);
  };
  const [numerator, denominator] = [of('numerator'), of('denominator')];
  if (numerator === null || denominator === null) return { measureScore: MASKED };
  return denominator === 0 ? {} : { measureScore: { value: Math.round((numerator / denominator) * DIGITS) / DIGITS } };
}

export function countOf(told: Told, column: Counted): number | null {
  if (column === 'decided') return decidedOf(told);
  return column === 'occasions' ? plus(told.eligible, told.repeats) : told[column];
}

function columnsBehind(column: Counted): readonly Column[] {
  if (column === 'decided') return ['accepted', 'declined', 'expired'];
  return column === 'occasions' ? ['eligible', 'repeats'] : [column];
}

function stratifiersOf(services: Services, group: MeasureGroup, scoring: string, { months, sight, subjects }: Reported): readonly JsonObject[] {
  const least = services.config.figures.smallestCell;
  const wanted = sight.kind === 'own' && subjects !== undefined ? DIMENSIONS.filter((dimension) => dimension !== 'organization') : DIMENSIONS;
  const byDimension = wanted.flatMap((dimension) => {
    const merged = new Map<string, { readonly value: JsonObject; readonly told: Told }>();
    for (const row of months.flatMap((figures) => tableFor(sight, figures, dimension, least)?.rows ?? [])) {
      const value = valueOf(dimension, row);
      const key = JSON.stringify(value);
      const known = merged.get(key);
      merged.set(key, { value, told: known === undefined ? toldCounts(row) : mergedTotals([known.told, toldCounts(row)]) });
    }
    return merged.size === 0 ? [] : [stratifier(dimension, [...merged.values()].map(({ value, told }) => ({ value, ...measured(group, scoring, told, false) })))];
  });
  const byMonth = months.map((figures) => ({ value: { text: figures.month }, ...measured(group, scoring, totalOf({ months: [figures], sight, subjects }, least), false) }));
  return [...byDimension, stratifier('month', byMonth)];
}

function stratifier(dimension: string, stratum: readonly JsonObject[]): JsonObject {
  return { code: [{ coding: [{ system: DIMENSION_SYSTEM, code: dimension }] }], ...(stratum.length === 0 ? {} : { stratum }) };
}

function valueOf(dimension: Dimension, { organization = '', department = '', item = '' }: { readonly organization?: string | undefined; readonly department?: string | undefined; readonly item?: string | undefined }): JsonObject {
  if (dimension === 'item') return { coding: [{ system: ITEM_SYSTEM, code: item }] };
  const institution = { system: 'https://bund.example/identifier/organization', code: organization };
  return dimension === 'organization' ? { coding: [institution] } : { coding: [institution], text: department === '' ? '未注明科室 Department not told' : department };
}

function listOf(column: Counted, references: readonly string[]): JsonObject {
  return {
    resourceType: 'List', id: column, status: 'current', mode: 'snapshot',
    ...(references.length === 0 ? { emptyReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'nilknown' }] } } : { entry: references.map((reference) => ({ item: { reference } })) }),
  };
}

