import { ITEM_SYSTEM, LOINC_SYSTEM } from '../../terminology/index.ts';
import type { CatalogueItem } from '../../terminology/tables.ts';
import type { Entry, EntryContent, PanelContent, PriceContent, RowContent } from './content.ts';
import { keyOf, pricedOf } from './content.ts';
import type { Dated } from './collisions.ts';

export const EXAMINATION_SYSTEM = 'https://bund.example/CodeSystem/examination';
export const PANEL_SYSTEM = 'https://bund.example/CodeSystem/panel';

/** What an entry may name. */
export interface Known {
  /** Laboratory items of `profiles/codes/catalogue.json`. */
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** Sources, by id. */
  readonly sources: ReadonlySet<string>;
  readonly organizations: ReadonlySet<string>;
  readonly specimens: ReadonlySet<string>;
  readonly bodySites: ReadonlySet<string>;
  /** Items and panels of which the catalogue has any entry. */
  readonly rows: ReadonlySet<string>;
  readonly panels: ReadonlySet<string>;
}

/** A fault of one element of an entry, as the end of a sentence. */
export interface EntryFault { readonly element: string; readonly fault: string }

/** Everything that an entry names and that does not exist. Pure. */
export function faultsOfEntry(entry: EntryContent, known: Known): readonly EntryFault[] {
  switch (entry.subject) {
    case 'row': return [...sourceFaults(entry.content.sources, known), ...rowFaults(entry.content, known)];
    case 'panel': return [...sourceFaults(entry.content.sources, known), ...panelFaults(entry.content, known)];
    case 'price': return priceFaults(entry.content, known);
    case 'group': return [];
  }
}

function rowFaults(row: RowContent, { items, specimens, bodySites }: Known): readonly EntryFault[] {
  if (row.kind === 'laboratory') {
    return [
      ...(items.has(row.item) ? [] : [{ element: 'item', fault: `${row.item} is no item of profiles/codes/catalogue.json` }]),
      ...row.specimens.filter((one) => !specimens.has(one)).map((one) => ({ element: 'specimens', fault: `${one} is no class of profiles/recognition/specimens.json` })),
    ];
  }
  return [
    ...(items.has(row.item) ? [{ element: 'item', fault: `${row.item} is a laboratory item of profiles/codes/catalogue.json, and cannot be an examination` }] : []),
    ...(bodySites.has(row.examined.bodySite) ? [] : [{ element: 'examined.bodySite', fault: `${row.examined.bodySite} is not in profiles/recognition/body-sites.json` }]),
  ];
}

function panelFaults({ members, optional = [] }: PanelContent, { rows }: Known): readonly EntryFault[] {
  const all = [...members.map((item) => ({ item, element: 'members' })), ...optional.map((item) => ({ item, element: 'optional' }))];
  const repeated = all.filter(({ item }, at) => all.findIndex((other) => other.item === item) < at);
  return [
    ...all.filter(({ item }) => !rows.has(item)).map(({ item, element }) => ({ element, fault: `${item} is no item of the catalogue` })),
    ...repeated.map(({ item, element }) => ({ element, fault: `${item} is listed twice` })),
  ];
}

function priceFaults(price: PriceContent, { organizations, rows, panels }: Known): readonly EntryFault[] {
  const { kind, key } = pricedOf(price);
  return [
    ...(organizations.has(price.organization) ? [] : [{ element: 'organization', fault: `${price.organization} is neither the institution of a source nor a member of a scope` }]),
    ...((kind === 'item' ? rows : panels).has(key) ? [] : [{ element: kind, fault: `${key} is no ${kind} of the catalogue` }]),
  ];
}

function sourceFaults(sources: Readonly<Record<string, string>> = {}, known: Known): readonly EntryFault[] {
  return Object.keys(sources).filter((source) => !known.sources.has(source)).map((source) => ({ element: `sources.${source}`, fault: 'is no source of profiles/sources' }));
}

/** The entry as it is compared with others. */
export function datedOf(entry: Entry, known: Pick<Known, 'items'>): Dated {
  return { name: `${entry.origin} ${entry.id}`, key: keyOf(entry), effective: entry.content.effective, codes: codesOf(entry, known).map(({ system, code }) => `${system}|${code}`) };
}

/** Every code by which an order or a result names what the entry is about. */
export function codesOf(entry: EntryContent, { items }: Pick<Known, 'items'>): readonly { readonly system: string; readonly code: string }[] {
  if (entry.subject === 'panel') {
    const { panel, loinc, sources } = entry.content;
    return [{ system: PANEL_SYSTEM, code: panel }, ...loincsOf(loinc), ...localCodes(sources, 'panels')];
  }
  if (entry.subject !== 'row') return [];
  const { kind, item, loinc, sources } = entry.content;
  const listed = items.get(item);
  const ofItem = listed === undefined ? [] : [listed.loinc, ...listed.twins.map((twin) => twin.loinc)].map((code) => ({ code }));
  const all = [
    { system: kind === 'laboratory' ? ITEM_SYSTEM : EXAMINATION_SYSTEM, code: item },
    ...loincsOf([...ofItem, ...loinc ?? []]), ...localCodes(sources, kind === 'laboratory' ? 'codes' : 'examinations'),
  ];
  return [...new Map(all.map((one) => [`${one.system}|${one.code}`, one])).values()];
}

function loincsOf(loinc: readonly { readonly code: string }[] = []): readonly { readonly system: string; readonly code: string }[] {
  return loinc.map(({ code }) => ({ system: LOINC_SYSTEM, code }));
}

function localCodes(sources: Readonly<Record<string, string>> = {}, kind: string): readonly { readonly system: string; readonly code: string }[] {
  return Object.entries(sources).map(([source, code]) => ({ system: `https://bund.example/sources/${source}/${kind}`, code }));
}
