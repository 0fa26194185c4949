import { numeralOf } from '../fhir/json.ts';
import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isList, isObject, isResource, textOf } from '../fhir/resource.ts';
import { isNumeric } from '../fhir/json.ts';
import type { Message } from './message.ts';

/** Who sends to whom: MSH-3 and MSH-4 of the laboratory information system, as `profiles/sources` describes it. */
export interface V2Address { readonly application: string; readonly facility: string }

const EXCHANGE = 'BUND';
const CHINA = '+0800';
const GENDERS: Readonly<Record<string, string>> = { male: 'M', female: 'F' };
const CLASSES: Readonly<Record<string, string>> = { AMB: 'O', EMER: 'E', IMP: 'I' };

/**
 * The same visit as an older system tells it: that the patient came (ADT), then one result message (ORU^R01) for all
 * panels and examinations.
 *
 * @param address of the sender
 * @returns the messages in their order, UTF-8 text
 */
export function v2MessagesOf({ bundle, visit }: Message, address: V2Address): readonly string[] {
  const resources = resourcesOf(bundle);
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
  const encounter = resources.find(({ resourceType }) => resourceType === 'Encounter');
  const reports = resources.filter(({ resourceType }) => resourceType === 'DiagnosticReport');
  if (patient === undefined || encounter === undefined) return [];
  const number = textAt(bundle, 'identifier', 'value');
  const came = time(textAt(encounter, 'period', 'start'));
  const event = visit.kind === 'IMP' ? 'A01' : 'A04';
  const admission = [header(address, { type: `ADT^${event}^ADT_A01`, control: `${number}-A`, at: came }), ['EVN', '', came], pid(patient, address), pv1(encounter)];
  const sent = time(textAt(bundle, 'timestamp'));
  const results = [header(address, { type: 'ORU^R01^ORU_R01', control: `${number}-R`, at: visit.isCorrection ? time(textAt(reports[0], 'issued')) : sent }), pid(patient, address), pv1(encounter), ...reports.flatMap((report, at) => orderGroup(report, resources, at + 1))];
  return [admission, ...(reports.length === 0 ? [] : [results])].map((segments) => segments.map((fields) => `${fields.join('|').replace(/\|+$/, '')}\r`).join(''));
}

type Fields = readonly string[];

function header({ application, facility }: V2Address, { type, control, at }: { readonly type: string; readonly control: string; readonly at: string }): Fields {
  return ['MSH', '^~\\&', application, facility, EXCHANGE, EXCHANGE, at, '', type, control, 'P', '2.5.1', '', '', '', '', 'CHN', 'UNICODE UTF-8'];
}

function pid(patient: Resource, { facility }: V2Address): Fields {
  const [number, card] = objectsAt(patient, 'identifier');
  const identifiers = [`${escape(textAt(number, 'value'))}^^^${facility}^MR`, ...(card === undefined || textAt(card, 'use') === 'temp' ? [] : [`${escape(textAt(card, 'value'))}^^^CHN^NNCHN`])];
  const name = [textAt(patient, 'name', '0', 'family'), textAt(patient, 'name', '0', 'given', '0')].map(escape).join('^');
  const address = [escape(textAt(patient, 'address', '0', 'line', '0')), '', escape(textAt(patient, 'address', '0', 'city')), '', '', 'CHN', 'H', '', escape(textAt(patient, 'address', '0', 'district'))].join('^');
  return ['PID', '1', '', identifiers.join('~'), '', name, '', textAt(patient, 'birthDate').replaceAll('-', ''), GENDERS[textAt(patient, 'gender')] ?? 'U', '', '', address, '', `${escape(textAt(patient, 'telecom', '0', 'value'))}^PRN^CP`];
}

function pv1(encounter: Resource): Fields {
  const fields = ['PV1', '1', CLASSES[textAt(encounter, 'class', 'code')] ?? 'U'];
  fields[19] = escape(textAt(encounter, 'identifier', '0', 'value'));
  fields[44] = time(textAt(encounter, 'period', 'start'));
  fields[45] = time(textAt(encounter, 'period', 'end'));
  return Array.from(fields, (field: string | undefined) => field ?? '');
}

/** Order, observation request, specimen and observations of one report. */
function orderGroup(report: Resource, resources: readonly Resource[], at: number): readonly Fields[] {
  const number = escape(textAt(report, 'identifier', '0', 'value'));
  const service = isImaging(report) ? 'RAD' : 'LAB';
  const code = coded(report, 'code', service === 'RAD' ? '99EXAM' : '99PANEL');
  const status = textAt(report, 'status') === 'corrected' ? 'C' : 'F';
  const obr = ['OBR', String(at), number, number, code];
  obr[7] = time(textAt(report, 'effectiveDateTime'));
  obr[22] = time(textAt(report, 'issued'));
  obr[24] = service;
  obr[25] = status;
  const specimen = resources.find(({ resourceType, identifier }) => resourceType === 'Specimen' && textAt({ identifier }, 'identifier', '0', 'value') === textAt(report, 'identifier', '0', 'value'));
  const results = resources.filter((resource) => resource.resourceType === 'Observation' && textAt(resource, 'identifier', '0', 'value').startsWith(`${textAt(report, 'identifier', '0', 'value')}-`));
  return [
    ['ORC', 'RE', number, number],
    Array.from(obr, (field: string | undefined) => field ?? ''),
    ...results.map((result, index) => obx(result, index + 1, status)),
    ...findingsOf(report, status),
    ...(specimen === undefined ? [] : [spm(specimen)]),
  ];
}

function obx(result: Resource, at: number, status: string): Fields {
  const value = result['valueQuantity'];
  const unit = textAt(result, 'valueQuantity', 'unit');
  const numeral = isObject(value) && isNumeric(value['value']) ? numeralOf(value['value']) : undefined;
  const isBelow = textAt(result, 'valueQuantity', 'comparator') === '<';
  const words = textAt(result, 'valueString') || textAt(result, 'valueCodeableConcept', 'text');
  const fields = [
    'OBX', String(at), numeral === undefined ? 'ST' : isBelow ? 'SN' : 'NM', coded(result, 'code', '99LAB'), '',
    numeral === undefined ? escape(words) : isBelow ? `<^${numeral}` : numeral, escape(unit), rangeOf(result), textAt(result, 'interpretation', '0', 'coding', '0', 'code'), '', '', status, '', '', time(textAt(result, 'effectiveDateTime')),
  ];
  fields[19] = time(textAt(result, 'issued'));
  return Array.from(fields, (field: string | undefined) => field ?? '');
}

/** What a radiologist wrote, as two texts of the report. */
function findingsOf(report: Resource, status: string): readonly Fields[] {
  const conclusion = textAt(report, 'conclusion');
  if (conclusion === '') return [];
  const whole = Buffer.from(textAt(report, 'presentedForm', '0', 'data'), 'base64').toString('utf8');
  const at = time(textAt(report, 'effectiveDateTime'));
  const text = (index: number, code: string, said: string): Fields => ['OBX', String(index), 'TX', code, '', escape(said), '', '', '', '', '', status, '', '', at];
  return [text(1, 'FIND^检查所见^99EXAM', whole.split('\n')[0] ?? ''), text(2, 'IMP^诊断意见^99EXAM', conclusion)];
}

function spm(specimen: Resource): Fields {
  const type = `${textAt(specimen, 'type', 'coding', '0', 'code')}^${escape(textAt(specimen, 'type', 'text'))}^HL70487`;
  const fields = ['SPM', '1', `^${escape(textAt(specimen, 'identifier', '0', 'value'))}`, '', type];
  fields[17] = time(textAt(specimen, 'collection', 'collectedDateTime'));
  fields[18] = time(textAt(specimen, 'receivedTime'));
  return Array.from(fields, (field: string | undefined) => field ?? '');
}

function isImaging(report: Resource): boolean {
  return textAt(report, 'category', '0', 'coding', '0', 'code') === 'RAD';
}

function coded(resource: Resource, element: string, system: string): string {
  return `${escape(textAt(resource, element, 'coding', '0', 'code'))}^${escape(textAt(resource, element, 'coding', '0', 'display'))}^${system}`;
}

function rangeOf(result: Resource): string {
  const limit = (name: string): string => {
    const range = objectsAt(result, 'referenceRange')[0];
    const quantity = range?.[name];
    return isObject(quantity) && isNumeric(quantity['value']) ? numeralOf(quantity['value']) : '';
  };
  const [low, high] = [limit('low'), limit('high')];
  if (low !== '' && high !== '') return `${low}-${high}`;
  if (low !== '') return `>=${low}`;
  return high === '' ? '' : `<=${high}`;
}

/** `2026-03-01T08:20:00+08:00` as `20260301082000+0800`; a time without a zone is one of Shanghai. */
function time(text: string): string {
  const [, date = '', clock = '', zone = ''] = /^([\d-]{10})T?([\d:]*)(.*)$/.exec(text) ?? [];
  return date === '' ? '' : date.replaceAll('-', '') + clock.replaceAll(':', '').padEnd(6, '0') + (zone === '' ? CHINA : zone.replace(':', '').replace('Z', '+0000'));
}

function escape(text: string): string {
  return text.replace(/[\\|^&~]/g, (character) => `\\${{ '\\': 'E', '|': 'F', '^': 'S', '&': 'T', '~': 'R' }[character] ?? ''}\\`);
}

function resourcesOf(bundle: Resource): readonly Resource[] {
  const entries = bundle['entry'];
  return (isList(entries) ? entries : []).flatMap((entry) => {
    const resource = isObject(entry) ? entry['resource'] : undefined;
    return isResource(resource) ? [resource] : [];
  });
}

function objectsAt(parent: JsonObject, name: string): readonly JsonObject[] {
  const list = parent[name];
  return isList(list) ? list.filter(isObject) : [];
}

/** The text at a path such as `name`, `0`, `family`; '' where there is none. */
function textAt(parent: JsonObject | undefined, ...path: readonly string[]): string {
  let value: JsonValue | undefined = parent;
  for (const step of path) value = isList(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
  return textOf(value);
}
