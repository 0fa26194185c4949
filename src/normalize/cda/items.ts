import { dataElementOf, ELEMENT, statementsIn, wordsOf } from './data-elements.ts';
import type { XmlElement } from './element.ts';
import { ancestorOf, attributeOf, childAt, childrenOf, descendantsOf } from './element.ts';

/** What a document says of one test or examination item. Each member is the observation that states it. */
export interface Item {
  /** States the item's code; or is coded by the item itself, see `isCodedByItem`. */
  readonly code?: XmlElement;
  readonly name?: XmlElement;
  readonly result?: XmlElement;
  readonly resultCode?: XmlElement;
  readonly unit?: XmlElement;
  readonly note?: XmlElement;
  readonly method?: XmlElement;
  readonly specimenType?: XmlElement;
  readonly specimenState?: XmlElement;
  readonly specimenFixative?: XmlElement;
  readonly specimenCollected?: XmlElement;
  readonly specimenReceived?: XmlElement;
  /** True where the item stands in `code` of the observation `result`, not in the value of the observation `code`. */
  readonly isCodedByItem: boolean;
  /** All of them in document order: the first is where the item stands. */
  readonly statements: readonly [XmlElement, ...XmlElement[]];
}

type Slot = Exclude<keyof Item, 'isCodedByItem' | 'statements'>;
const SLOTS: ReadonlyMap<string, Slot> = new Map([
  [ELEMENT.itemCode, 'code'], [ELEMENT.itemName, 'name'], [ELEMENT.quantity, 'result'], [ELEMENT.resultCode, 'resultCode'], [ELEMENT.unit, 'unit'],
  [ELEMENT.note, 'note'], [ELEMENT.method, 'method'], [ELEMENT.specimenType, 'specimenType'], [ELEMENT.specimenState, 'specimenState'], [ELEMENT.specimenFixative, 'specimenFixative'],
  [ELEMENT.specimenCollected, 'specimenCollected'], [ELEMENT.specimenReceived, 'specimenReceived'],
]);

/**
 * The items of a section. Systems write them in three ways: an organizer for each item, the statements of all items one
 * after another, or an observation for each that is coded by the item itself.
 */
export function itemsOf(section: XmlElement): readonly Item[] {
  const items: Item[] = [];
  let run: XmlElement[] = [];
  let method: XmlElement | undefined;
  const close = (): void => {
    items.push(...splitRun(run).flatMap((statements) => toItem(statements, method)));
    run = [];
  };
  for (const entry of childrenOf(section, 'entry')) {
    const organizers = childrenOf(entry, 'organizer');
    if (organizers.length > 0) close();
    items.push(...organizers.flatMap(statementsByItem).flatMap((statements) => toItem(statements, method)));
    for (const observation of organizers.length > 0 ? [] : statementsIn(entry)) {
      if (!isOfSection(observation)) run.push(observation);
      else if (slotOf(observation) === 'method') {
        // It holds for what comes behind it.
        close();
        method = observation;
      }
    }
  }
  close();
  return items;
}

/** The statements of an organizer, by item. One with a single item code is one item, in whatever order its statements come. */
function statementsByItem(organizer: XmlElement): readonly (readonly XmlElement[])[] {
  const statements = statementsIn(organizer);
  if (statements.filter(namesItem).length <= 1) return [statements];
  if (descendantsOf(organizer, 'organizer').length === 0) return splitRun(statements);
  return childrenOf(organizer, 'component').flatMap((component) => {
    const inner = childrenOf(component, 'organizer');
    return inner.length > 0 ? inner.flatMap(statementsByItem) : splitRun(statementsIn(component));
  });
}

/** Cuts a run of statements where the next item begins. */
function splitRun(run: readonly XmlElement[]): readonly (readonly XmlElement[])[] {
  const parts: XmlElement[][] = [];
  let taken = new Set<Slot>();
  for (const observation of run) {
    const slot = slotOf(observation) ?? (isCodedByItem(observation) ? 'code' : undefined);
    if (slot === undefined) continue;
    if (parts.length === 0 || beginsItem(slot, taken)) {
      parts.push([]);
      taken = new Set();
    }
    taken.add(slot);
    parts.at(-1)?.push(observation);
  }
  return parts;
}

/** A name that stands behind a result is that of the next item. */
function beginsItem(slot: Slot, taken: ReadonlySet<Slot>): boolean {
  return taken.has(slot) || (slot === 'name' && (taken.has('result') || taken.has('resultCode')));
}

function toItem(statements: readonly XmlElement[], method: XmlElement | undefined): readonly Item[] {
  const item: Partial<Record<Slot, XmlElement>> = {};
  const own = statements.filter((observation) => slotOf(observation) !== undefined || isCodedByItem(observation));
  for (const observation of own) item[slotOf(observation) ?? 'code'] ??= observation;
  const [first, ...others] = own;
  const coded = item.code !== undefined && isCodedByItem(item.code) ? item.code : undefined;
  const isSaid = coded !== undefined || [item.code, item.name, item.result, item.resultCode].some((observation) => wordsOf(observation) !== undefined);
  if (first === undefined || !isSaid) return [];
  return [{ ...(method === undefined ? {} : { method }), ...item, ...(coded === undefined ? {} : { result: coded }), isCodedByItem: coded !== undefined, statements: [first, ...others] }];
}

function slotOf(observation: XmlElement): Slot | undefined {
  const element = dataElementOf(observation);
  return element === undefined ? undefined : SLOTS.get(element);
}

function namesItem(observation: XmlElement): boolean {
  return slotOf(observation) === 'code' || isCodedByItem(observation);
}

function isCodedByItem(observation: XmlElement): boolean {
  return dataElementOf(observation) === undefined && attributeOf(childAt(observation, 'code'), 'code') !== undefined && childAt(observation, 'value') !== undefined;
}

/** A method or remark that stands by itself is of all items. */
function isOfSection(observation: XmlElement): boolean {
  const slot = slotOf(observation);
  return (slot === 'method' || slot === 'note') && ancestorOf(observation, 'observation') === undefined;
}
