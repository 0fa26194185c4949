import type { Source } from '../../intake/source.ts';
import type { CodeTables } from '../../terminology/tables.ts';
import { isExact } from '../../terminology/index.ts';
import type { Certificate } from '../rules/certificate.ts';
import type { CataloguePanel, CatalogueRow, InstitutionLevel, Scope } from '../rules/catalogue-item.ts';
import { codesOf } from './check-entry.ts';
import type { Entry, EntryContent, GroupContent, PanelContent, PriceContent, RowContent } from './content.ts';
import { keyOf, priceKey } from './content.ts';
import { holdsOn } from './days.ts';
import type { RecognitionFiles } from './load-recognition-files.ts';
import { closureOf } from './membership.ts';
import type { Coding, DatedPanel, Ordered, Price, RecognitionTables } from './recognition-tables.ts';
import { vocabularyOf } from './vocabulary.ts';

/** What tables are made of. */
export interface TableParts {
  readonly files: RecognitionFiles;
  /** Of the files and of what was approved; of several that hold on a day the first counts. */
  readonly entries: readonly Entry[];
  readonly certificates: readonly Certificate[];
  readonly codes: CodeTables;
  readonly sources: readonly Pick<Source, 'id' | 'organization'>[];
}

type Dated<T> = T & { readonly effective: CatalogueRow['effective'] };

/** Tables in which every question is one look-up, whatever the size of the catalogue. */
export function createTables({ files, entries, certificates, codes, sources }: TableParts): RecognitionTables {
  const rows = group(entries.flatMap((entry) => (entry.subject === 'row' ? [[entry.content.item, rowOf(entry.id, entry.content, codes)] as const] : [])));
  const panels = group(entries.flatMap((entry) => (entry.subject === 'panel' ? [[entry.content.panel, panelOf(entry.id, entry.content, codes)] as const] : [])));
  const groups = group(entries.flatMap((entry) => (entry.subject === 'group' ? [[entry.content.group, entry.content] as const] : [])));
  const prices = group(entries.flatMap((entry) => (entry.subject === 'price' ? [[keyOf(entry), entry.content] as const] : [])));
  const rowFor = (item: string, day: string): CatalogueRow | undefined => ableOn(onDay(rows.get(item), day), groups, day);
  const panel = (key: string, day: string): DatedPanel | undefined => onDay(panels.get(key), day);
  return {
    rowFor, panel,
    itemsOf: ordersBy(rows, panels, codes),
    rowsOn: (day) => [...rows.keys()].map((item) => rowFor(item, day)).filter((row) => row !== undefined),
    panelsOn: (day) => [...panels.keys()].map((key) => panel(key, day)).filter((one) => one !== undefined),
    priceOf: (organization, priced, day) => priceOn(onDay(prices.get(priceKey(organization, priced)), day)),
    ...places(files, sources),
    ...certificateTables(certificates),
    reasons: files.reasons,
    specimenClass: vocabularyOf(files.specimens),
    bodySite: vocabularyOf(files.bodySites),
  };
}

function group<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  return new Map([...Map.groupBy(pairs, ([key]) => key)].map(([key, all]) => [key, all.map(([, value]) => value)]));
}

function onDay<T extends Dated<object>>(dated: readonly T[] | undefined, day: string): T | undefined {
  return dated?.find(({ effective }) => holdsOn(effective, day));
}

function priceOn(price: PriceContent | undefined): Price | undefined {
  return price === undefined ? undefined : { fen: price.fen, patientShare: price.patientShare };
}

/** A group that is disabled disables its items, and says why. */
function ableOn(row: CatalogueRow | undefined, groups: ReadonlyMap<string, readonly GroupContent[]>, day: string): CatalogueRow | undefined {
  if (row?.isEnabled !== true) return row;
  const of = onDay(groups.get(row.group), day);
  return of === undefined || of.isEnabled ? row : { ...row, isEnabled: false, disabledReason: of.disabledReason };
}

function rowOf(id: string, content: RowContent, { items }: CodeTables): CatalogueRow {
  const { loinc: _listed, sources: _local, unverified: _open, ...members } = content;
  const codes = codesOf({ subject: 'row', content }, { items });
  if (members.kind === 'imaging') return { ...members, id, codes, specimens: [] };
  const item = items.get(members.item);
  return { ...members, id, codes, zh: item?.zh ?? members.item, en: item?.en ?? members.item, group: item?.group ?? '' };
}

function panelOf(id: string, content: PanelContent, { items }: CodeTables): DatedPanel {
  const { loinc: _listed, sources: _local, ...members } = content;
  const entry: EntryContent = { subject: 'panel', content };
  return { ...members, id, codes: codesOf(entry, { items }) };
}

/** An item or a panel that a code names, on the days on which it does. */
type Target = Dated<{ readonly name: string; readonly item: string } | { readonly name: string; readonly panel: CataloguePanel }>;

function ordersBy(rows: ReadonlyMap<string, readonly CatalogueRow[]>, panels: ReadonlyMap<string, readonly DatedPanel[]>, codes: CodeTables): RecognitionTables['itemsOf'] {
  const byCode = group<Target>([
    ...[...rows.values()].flat().flatMap((row) => row.codes.map((code) => [nameOf(code), { name: row.item, item: row.item, effective: row.effective }] as const)),
    ...[...panels.values()].flat().flatMap((panel) => panel.codes.map((code) => [nameOf(code), { name: `panel ${panel.panel}`, panel, effective: panel.effective }] as const)),
  ]);
  return (codings, day) => {
    const found = codings.map((coding) => onDay<Target>(byCode.get(nameOf(coding)), day) ?? localTest(coding, codes)).filter((target) => target !== undefined);
    return orderedOf([...new Map(found.map((target) => [target.name, target])).values()]);
  };
}

function orderedOf(targets: readonly (Target | { readonly name: string; readonly item: string })[]): Ordered | undefined {
  const [target, ...others] = targets;
  if (target === undefined) return undefined;
  if (others.length > 0) return { kind: 'several', names: targets.map(({ name }) => name) };
  return 'panel' in target ? { kind: 'panel', panel: target.panel } : { kind: 'item', item: target.item };
}

function nameOf({ system = '', code = '' }: Coding): string {
  return `${system}|${code}`;
}

const LOCAL = /^https:\/\/bund\.example\/sources\/([^/]+)\/codes$/;

/** A test as the laboratory itself calls it, where that means one item whatever the specimen, and exactly. */
function localTest({ system = '', code = '' }: Coding, { sources }: CodeTables): { readonly name: string; readonly item: string } | undefined {
  const rows = sources.get(LOCAL.exec(system)?.[1] ?? '')?.codes.get(code) ?? [];
  const [first] = rows;
  const item = first?.item?.item;
  if (item === undefined || !rows.every((row) => row.item?.item === item && isExact(row.equivalence))) return undefined;
  return { name: item, item };
}

function places({ scopes: { scopes, members, others } }: RecognitionFiles, sources: TableParts['sources']): Pick<RecognitionTables, 'scope' | 'scopes' | 'scopesOf' | 'levelOf' | 'institution'> {
  const byId = new Map<string, Scope>(scopes.map((scope) => [scope.id, scope]));
  const ofMember = new Map(members.map((member) => [member.organization, closureOf(member.scopes, byId)]));
  const ofOthers = closureOf(others.scopes, byId);
  const levels = new Map<string, InstitutionLevel>([
    ...sources.map(({ organization }) => [organization.id, organization.level] as const),
    ...members.flatMap(({ organization, level }) => (level === undefined ? [] : [[organization, level] as const])),
  ]);
  const scopesOf = (organization: string): readonly string[] => ofMember.get(organization) ?? ofOthers;
  return {
    scope: (id) => byId.get(id), scopes, scopesOf,
    levelOf: (organization) => levels.get(organization),
    institution: (organization) => {
      const level = levels.get(organization);
      return level === undefined ? undefined : { organization, level, scopes: scopesOf(organization) };
    },
  };
}

const NONE: readonly Certificate[] = [];

function certificateTables(certificates: readonly Certificate[]): Pick<RecognitionTables, 'certificate' | 'certificates' | 'certificatesOf'> {
  const byId = new Map(certificates.map((certificate) => [certificate.id, certificate]));
  const byItem = group([...byId.values()].map((certificate) => [`${certificate.organization}|${certificate.item}`, certificate] as const));
  return { certificates: [...byId.values()], certificate: (id) => byId.get(id), certificatesOf: (organization, item) => byItem.get(`${organization}|${item}`) ?? NONE };
}
