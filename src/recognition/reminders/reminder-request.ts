import { ServiceError } from '../../errors.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { Identifier } from '../candidates/resolve-patient.ts';
import type { Element } from './parse-reminder.ts';

/** What is asked for, once it is out of its XML. */
export interface ReminderRequest {
  readonly identifiers: readonly Identifier[];
  /** Own number of the asking institution; '' for none. */
  readonly localId: string;
  readonly practitioner: string | undefined;
  readonly encounter: string | undefined;
  readonly isEmergency: boolean;
  /** Orders, as ServiceRequests. */
  readonly orders: readonly { readonly number: string; readonly order: JsonObject }[];
}

const RESIDENT_ID = 'urn:oid:2.16.156.10011.1.3';
/** 申请单编号. */
const ORDER_NUMBER = 'urn:oid:2.16.156.10011.1.24';
const MOST_ITEMS = 50;

/**
 * Reads `GetRemind`. Of its names only these are known here; every other element is passed over.
 *
 * @param source the asking system, whose codes stand where no system is named
 * @throws ServiceError 'malformed' that names the element
 */
export function readReminderRequest(root: Element, source: string | undefined, { tables, day }: { readonly tables: Pick<RecognitionTables, 'itemsOf'>; readonly day: string }): ReminderRequest {
  if (root.name !== 'GetRemind') throw faulty('GetRemind', 'The root of the body must be GetRemind');
  const patient = child(root, '患者') ?? missing('GetRemind/患者');
  const residentId = textAt(patient, '居民身份证号');
  const localId = textAt(patient, '患者标识') ?? '';
  if (residentId === undefined && localId === '') throw faulty('GetRemind/患者', '患者 needs 居民身份证号 or 患者标识');
  const sheets = root.children.filter(({ name }) => name === '申请单');
  if (sheets.length === 0) missing('GetRemind/申请单');
  const orders = sheets.flatMap((sheet, at) => ordersOf(sheet, `GetRemind/申请单[${at + 1}]`, (item, path) => codingOf(item, path, source, (coding) => tables.itemsOf([coding], day) !== undefined)));
  if (orders.length > MOST_ITEMS) throw faulty('GetRemind/申请单', `At most ${MOST_ITEMS} items are answered at once`);
  const practitioner = textAt(root, '申请医师标识');
  if (practitioner !== undefined && practitioner.length > 100) throw faulty('GetRemind/申请医师标识', '申请医师标识 has at most 100 characters');
  return {
    identifiers: residentId === undefined ? [] : [{ system: RESIDENT_ID, value: residentId.toUpperCase() }],
    localId, practitioner, encounter: textAt(root, '就诊标识'), isEmergency: /急诊|急救/.test(textAt(root, '就诊类别') ?? ''), orders,
  };
}

type CodingReader = (item: Element, path: string) => { readonly system: string; readonly code: string };

function ordersOf(sheet: Element, path: string, codingOfItem: CodingReader): ReminderRequest['orders'] {
  const number = textAt(sheet, '申请单编号') ?? missing(`${path}/申请单编号`);
  const items = sheet.children.filter(({ name }) => name === '项目');
  if (items.length === 0) missing(`${path}/项目`);
  const reason = textAt(sheet, '申请原因');
  return items.map((item, at) => {
    const coding = codingOfItem(item, `${path}/项目[${at + 1}]`);
    const name = textAt(item, '项目名称');
    const specimen = textAt(item, '标本类别');
    return {
      number,
      order: {
        resourceType: 'ServiceRequest',
        // One sheet may ask for several items, each of which is decided on by itself.
        identifier: [{ system: ORDER_NUMBER, value: items.length === 1 ? number : `${number}/${coding.code}` }],
        code: { coding: [coding], ...(name === undefined ? {} : { text: name }) },
        ...(specimen === undefined ? {} : { contained: [{ resourceType: 'Specimen', id: 's', type: { text: specimen } }], specimen: [{ reference: '#s' }] }),
        ...(reason === undefined ? {} : { reasonCode: [{ text: reason }] }),
      },
    };
  });
}

/** A code without a system is the institution's own: of a panel, of a test, or of an examination, whichever the catalogue knows. */
function codingOf(item: Element, path: string, source: string | undefined, isKnown: (coding: { readonly system: string; readonly code: string }) => boolean): { readonly system: string; readonly code: string } {
  const element = child(item, '项目代码') ?? missing(`${path}/项目代码`);
  const system = element.attributes.get('代码系统');
  if (element.text === '') missing(`${path}/项目代码`);
  if (system !== undefined && system !== '') return { system, code: element.text };
  if (source === undefined) throw faulty(`${path}/项目代码`, '项目代码 needs the attribute 代码系统: the caller is no system of an institution whose own codes could be meant');
  const own = ['panels', 'codes', 'examinations'].map((list) => ({ system: `https://bund.example/sources/${source}/${list}`, code: element.text }));
  return own.find(isKnown) ?? { system: own[1]?.system ?? '', code: element.text };
}

function child(element: Element, name: string): Element | undefined {
  return element.children.find((one) => one.name === name);
}

function textAt(element: Element, name: string): string | undefined {
  const text = child(element, name)?.text;
  return text === undefined || text === '' ? undefined : text;
}

function missing(path: string): never {
  throw faulty(path, `${path} is missing or empty`);
}

function faulty(path: string, sentence: string): ServiceError {
  return new ServiceError('malformed', sentence, [{ severity: 'error', code: 'required', diagnostics: sentence, expression: path }]);
}
