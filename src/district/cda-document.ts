import { numeralOf } from '../fhir/json.ts';
import type { Source } from '../intake/source.ts';
import { documentOf } from './administrative.ts';
import type { Laboratory } from './laboratory.ts';
import { printedOf, type Result, resultsOf, SPECIMENS, type Surroundings, type Times, timesOf } from './laboratory-report.ts';
import type { Sample } from './measure.ts';
import type { Panel } from './orders.ts';
import type { PrintedResult } from './printed-result.ts';
import { xml, type XmlAttributes, xmlText } from './xml-text.ts';

/** What the documents of one visit share. */
export interface DocumentSurroundings extends Pick<Surroundings, 'resident' | 'visit' | 'number'> {
  readonly source: Source;
  /** Of the resident at this institution. */
  readonly patientNumber: string;
}

const NUMBERS = '2.16.156.10011.1';
const DATA_ELEMENTS = '2.16.156.10011.2.2.1';
/** 患者类型代码. */
const PATIENT_TYPES = { AMB: ['1', '门诊'], EMER: ['2', '急诊'], IMP: ['3', '住院'] } as const;
/** How 检查/检验结果代码 names what a laboratory flags. */
const RESULT_CODES: Readonly<Record<string, readonly [string, string]>> = {
  N: ['1', '正常'], NEG: ['1', '阴性'], POS: ['2', '阳性'], H: ['2', '偏高'], HH: ['2', '危急值偏高'], L: ['2', '偏低'], LL: ['2', '危急值偏低'],
};

/**
 * The report of one panel as a shared document: WS/T 500.7, with an organizer for each item. Its numbers are those of the
 * same report in FHIR, so that the two meet where the source's description says which root stands for which system.
 *
 * @returns XML in UTF-8; undefined where the laboratory does none of the panel's tests
 */
export function laboratoryDocument(panel: Panel, laboratory: Laboratory, sample: Sample, at: DocumentSurroundings): string | undefined {
  const results = resultsOf(panel, laboratory, at);
  if (results.length === 0) return undefined;
  const times = timesOf(at.visit, panel);
  const report = `${at.number}-${panel.key}`;
  const items = results.map((test) => itemParts(test, printedOf(test, sample, at), { panel, times })).map(organizer);
  const sections = [
    section({ code: '30954-2', codeSystem: '2.16.840.1.113883.6.1', displayName: 'STUDIES SUMMARY' }, [entry(statement('DE04.30.018.00', '检验类别', words(panel.zh))), ...items]),
    section({ displayName: '检验报告' }, [entry(statement('DE08.10.013.00', '检验报告机构名称', words(at.source.organization.name)))]),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml('ClinicalDocument', { xmlns: 'urn:hl7-org:v3', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance' }, [
    ...header(report, at, times), xml('component', {}, [xml('structuredBody', {}, sections.map((part) => xml('component', {}, [part])))]),
  ])}\n`;
}

function header(report: string, at: DocumentSurroundings, times: Times): readonly string[] {
  const { visit, source } = at;
  const version = visit.isCorrection ? `${report}-C` : report;
  return [
    xml('realmCode', { code: 'CN' }),
    xml('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_MT000040' }),
    xml('templateId', { root: '2.16.156.10011.2.1.1.27' }),
    id('1', version),
    xml('code', { code: 'C0007', codeSystem: '2.16.156.10011.2.4', codeSystemName: '卫生信息共享文档规范编码体系' }),
    xml('title', {}, ['检验报告']),
    xml('effectiveTime', { value: timeStamp(times.issued) }),
    xml('confidentialityCode', { code: 'N', codeSystem: '2.16.840.1.113883.5.25' }),
    xml('languageCode', { code: 'zh-CN' }),
    xml('recordTarget', { typeCode: 'RCT', contextControlCode: 'OP' }, [patientRole(report, at)]),
    xml('author', { typeCode: 'AUT' }, [
      xml('time', { value: timeStamp(times.issued) }), xml('assignedAuthor', { classCode: 'ASSIGNED' }, [xml('assignedPerson', {}, [xml('name', {}, ['检验科'])])]),
    ]),
    xml('custodian', { typeCode: 'CST' }, [xml('assignedCustodian', { classCode: 'ASSIGNED' }, [
      xml('representedCustodianOrganization', {}, [id('5', source.organization.uscc), xml('name', {}, [xmlText(source.organization.name)])]),
    ])]),
    ...(visit.isCorrection ? [xml('relatedDocument', { typeCode: 'RPLC' }, [xml('parentDocument', {}, [id('1', report)])])] : []),
  ];
}

function patientRole(report: string, { resident, visit, number, patientNumber }: DocumentSurroundings): string {
  const [code, displayName] = PATIENT_TYPES[visit.kind];
  const [shown] = documentOf(resident, visit);
  return xml('patientRole', { classCode: 'PAT' }, [
    id(visit.kind === 'IMP' ? '12' : '11', number), id('13', patientNumber), id('33', report), id('24', report), id('14', report),
    xml('patientType', {}, [xml('patienttypeCode', { code, codeSystem: '2.16.156.10011.2.3.1.271', displayName })]),
    xml('telecom', { value: resident.phone }),
    xml('patient', { classCode: 'PSN', determinerCode: 'INSTANCE' }, [
      ...(shown === undefined ? [] : [id('3', shown['value'] ?? '')]),
      xml('name', {}, [xmlText(visit.name)]),
      xml('administrativeGenderCode', { code: resident.sex === 'male' ? '1' : '2', codeSystem: '2.16.156.10011.2.3.3.4' }),
      xml('birthTime', { value: timeStamp(resident.birthDate) }),
    ]),
  ]);
}

function itemParts(test: Result, printed: PrintedResult, { panel, times }: { readonly panel: Panel; readonly times: Times }): readonly string[] {
  const [code, displayName] = RESULT_CODES[printed.flag] ?? ['3', '不确定'];
  const [, specimen] = SPECIMENS[panel.specimen];
  const taken = xml('effectiveTime', {}, [xml('low', { value: timeStamp(times.collected) }), xml('high', { value: timeStamp(times.received) })]);
  const tested = xml('effectiveTime', { value: timeStamp(times.issued) });
  const sampled = within(statement('DE04.50.134.00', '标本类别', words(specimen), { before: [taken] }));
  return [
    statement('DE04.30.019.00', '检验项目代码', value('CD', { code: test.local, displayName: test.display }), { before: [tested], behind: [sampled] }),
    statement('DE04.30.017.00', '检验结果代码', value('CD', { code, codeSystem: '2.16.156.10011.2.3.2.38', displayName })),
    ...resultParts(printed),
  ].map((part) => xml('component', {}, [part]));
}

/** The template has a place for quantities only: words go there too, as text. */
function resultParts(printed: PrintedResult): readonly string[] {
  if (printed.kind === 'words') return [statement('DE04.30.015.00', '检验定量结果', words(printed.words))];
  const numeral = numeralOf(printed.value);
  const limit = (name: string, of: typeof printed.low): readonly string[] => (of === undefined ? [] : [xml(name, { value: numeralOf(of), unit: printed.unit })]);
  const limits = [...limit('low', printed.low), ...limit('high', printed.high)];
  const range = limits.length === 0 ? [] : [xml('referenceRange', {}, [xml('observationRange', {}, [xml('value', { 'xsi:type': 'IVL_PQ' }, limits)])])];
  const unit = within(statement('DE04.30.016.00', '检查定量结果计量单位', words(printed.unit)));
  return [statement('DE04.30.015.00', '检验定量结果', printed.below ? words(`<${numeral}`) : value('REAL', { value: numeral }), { behind: [...range, unit] })];
}

function section(code: XmlAttributes, entries: readonly string[]): string {
  return xml('section', {}, [xml('code', code), xml('text'), ...entries]);
}

function organizer(parts: readonly string[]): string {
  return entry(xml('organizer', { classCode: 'CLUSTER', moodCode: 'EVN' }, [xml('statusCode'), ...parts]));
}

function entry(content: string): string {
  return xml('entry', {}, [content]);
}

function within(content: string): string {
  return xml('entryRelationship', { typeCode: 'COMP' }, [content]);
}

/** An observation of one data element. @param around what stands before and behind its value */
function statement(code: string, displayName: string, content: string, around: { readonly before?: readonly string[]; readonly behind?: readonly string[] } = {}): string {
  const { before = [], behind = [] } = around;
  const of = xml('code', { code, codeSystem: DATA_ELEMENTS, codeSystemName: '卫生信息数据元目录', displayName });
  return xml('observation', { classCode: 'OBS', moodCode: 'EVN' }, [of, ...before, content, ...behind]);
}

function words(text: string): string {
  return xml('value', { 'xsi:type': 'ST' }, [xmlText(text)]);
}

function value(type: string, attributes: XmlAttributes): string {
  return xml('value', { 'xsi:type': type, ...attributes });
}

function id(kind: string, extension: string): string {
  return xml('id', { root: `${NUMBERS}.${kind}`, extension });
}

/** `2025-03-02T08:15:00+08:00` as `20250302081500`, in the time of the place. */
function timeStamp(instant: string): string {
  return instant.slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replace(/[-T:]/g, '');
}
