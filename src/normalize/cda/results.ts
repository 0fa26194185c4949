import type { JsonObject } from '../../fhir/resource.ts';
import { sourceUri } from '../derive-id.ts';
import { asCode, codingsOf, isBlank } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, timeOrPeriod } from './context.ts';
import { wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, organizerOf, textIn } from './element.ts';
import { createCounter } from './counter.ts';
import { interpretationsOf } from './interpretations.ts';
import type { Item } from './items.ts';
import { LOINC, LOINC_OID } from './oids.ts';
import type { Report } from './report.ts';
import { rangeOf, valueOf } from './values.ts';

const CATEGORIES = 'http://terminology.hl7.org/CodeSystem/observation-category';

/** What the results of one report share. */
export interface ResultShared {
  /** Number of the report, below which its results are numbered. */
  readonly report: string;
  readonly category: 'laboratory' | 'imaging' | 'exam' | 'vital-signs' | undefined;
  /** System of item codes that are the source's own. */
  readonly codeSystem: string;
  readonly status: string;
  readonly basedOn: readonly JsonObject[];
  readonly performer: readonly JsonObject[];
  readonly issued: string | undefined;
  /** Remark on the whole report. */
  readonly note: string | undefined;
}

/** What a report gives to its results. */
export function sharedBy({ header }: RecordContext, { identifier, status, basedOn, performer, note }: Report): Omit<ResultShared, 'category' | 'codeSystem'> {
  return { report: identifier.value, status, basedOn, performer, note, issued: header.issued };
}

/** What one result has besides. */
export interface ResultOwn {
  /** The Specimen, and when it was taken. */
  readonly specimen: JsonObject | undefined;
  readonly collected: string | undefined;
  /** Tells apart results of one item in one report, from 1. */
  readonly sequence: number;
}

/** @returns Reference to the Observation; undefined, with a fault, for a result of nothing */
export function addResult(context: RecordContext, item: Item, shared: ResultShared, { specimen, collected, sequence }: ResultOwn): JsonObject | undefined {
  const [first] = item.statements;
  const code = itemConcept(item, shared.codeSystem);
  if (code === undefined) {
    context.records.fault('required', first, 'A result says of which item it is: by the item\'s code, its name or both');
    return undefined;
  }
  const { unit, result, resultCode } = item;
  const { value, flag, unitNote } = valueOf(context, childAt(result ?? resultCode, 'value'), { unit: wordsOf(unit), isQuantity: result !== undefined && !item.isCodedByItem });
  const notes = [wordsOf(item.note), shared.note, unitNote].filter((note) => note !== undefined);
  return context.records.add(defined({
    resourceType: 'Observation',
    identifier: [{ system: ownSystem(context, 'result'), value: `${shared.report}/${nameOfItem(item)}/${sequence}` }],
    basedOn: shared.basedOn,
    status: statusOf(result ?? first, shared.status),
    category: shared.category === undefined ? [] : [{ coding: [{ system: CATEGORIES, code: shared.category }] }],
    code,
    subject: context.subject,
    encounter: context.encounter,
    ...(collected === undefined ? timeOrPeriod(context, 'effective', timeElement(item)) : { effectiveDateTime: collected }),
    issued: shared.issued,
    performer: shared.performer,
    ...value,
    interpretation: interpretationsOf(resultCode, item.statements, flag),
    note: [...new Set(notes)].map((text) => ({ text })),
    method: methodOf(item),
    specimen,
    referenceRange: item.statements.flatMap((observation) => childrenOf(observation, 'referenceRange')).map(limitsOf).filter((range) => range !== undefined),
  }), first, {
    elements: {
      code: item.isCodedByItem ? childAt(item.code, 'code') : childAt(item.code, 'value'), value: childAt(result, 'value'), effective: timeElement(item), interpretation: childAt(resultCode, 'value'),
    },
  });
}

/** What a result is called within its report. */
function nameOfItem({ code, name, isCodedByItem }: Item): string {
  return (isCodedByItem ? attributeOf(childAt(code, 'code'), 'code') : attributeOf(childAt(code, 'value'), 'code') ?? wordsOf(code)) ?? wordsOf(name) ?? '';
}

/** Counts results of one item, so that a repeated one has an identity of its own whatever else the report holds. */
export function sequenceOf(items: readonly Item[]): ReadonlyMap<Item, number> {
  const count = createCounter();
  return new Map(items.map((item) => [item, count(nameOfItem(item))] as const));
}

/** When the item was tested, where the document says it. */
export function timeElement({ code, result, statements }: Item): XmlElement | undefined {
  return childAt(code, 'effectiveTime') ?? childAt(result, 'effectiveTime') ?? childAt(organizerOf(statements[0]), 'effectiveTime');
}

/** System of the source's own item codes. */
export function localCodes({ sender }: RecordContext): string {
  return sender.cda?.itemCodeSystem ?? `${sourceUri(sender.id)}/codes`;
}

/** The item as sent: LOINC where the document says so, else the source's own code. */
export function itemConcept({ code, name, isCodedByItem }: Item, codeSystem: string): JsonObject | undefined {
  const element = isCodedByItem ? childAt(code, 'code') : childAt(code, 'value');
  const display = wordsOf(name);
  const systemOf = (system: string | undefined): string => (system === LOINC_OID ? LOINC : codeSystem);
  const words = isCodedByItem || element === undefined || attributeOf(element, 'code') !== undefined ? undefined : wordsOf(code);
  const coded = element === undefined ? [] : codingsOf(element, systemOf);
  const codings = words === undefined ? coded : [defined({ system: codeSystem, code: asCode(words), display })];
  const text = display ?? attributeOf(element, 'displayName') ?? (element === undefined ? undefined : textIn(childAt(element, 'originalText'))) ?? words;
  return codings.length === 0 && text === undefined ? undefined : defined({ coding: codings, text });
}

function methodOf({ method, statements }: Item): JsonObject | undefined {
  const words = wordsOf(method);
  if (words !== undefined) return { text: words };
  const element = statements.map((observation) => childAt(observation, 'methodCode')).find((found) => found !== undefined);
  const codings = element === undefined ? [] : codingsOf(element);
  const text = attributeOf(element, 'displayName');
  return codings.length === 0 && text === undefined ? undefined : defined({ coding: codings, text });
}

function limitsOf(element: XmlElement): JsonObject | undefined {
  const range = childAt(element, 'observationRange');
  const value = childAt(range, 'value');
  const words = textIn(childAt(range, 'text')) ?? (value === undefined || value.type === 'IVL_PQ' ? undefined : textIn(value));
  const limits = rangeOf(value);
  const text = words === undefined || isBlank(words) ? undefined : words;
  return limits === undefined && text === undefined ? undefined : defined({ ...limits, text });
}

const STATUSES: ReadonlyMap<string, string> = new Map([['active', 'preliminary'], ['cancelled', 'cancelled'], ['aborted', 'cancelled'], ['nullified', 'entered-in-error']]);

function statusOf(observation: XmlElement, status: string): string {
  return STATUSES.get(attributeOf(childAt(observation, 'statusCode'), 'code') ?? '') ?? status;
}
