import { numeralOf } from '../fhir/json.ts';
import { patientNumber } from './administrative.ts';
import { addDays, atMinute } from './calendar.ts';
import { institutionOf } from './institutions.ts';
import type { Laboratory } from './laboratory.ts';
import { printedOf, type Result, resultsOf, type Seen, timesOf } from './laboratory-report.ts';
import { takeSample } from './measure.ts';
import { type DistrictTables, senderOf } from './message.ts';
import type { Panel } from './orders.ts';
import type { PrintedResult } from './printed-result.ts';
import { type DistrictOptions, residentAt } from './residents.ts';
import { visitsOf } from './visits.ts';

/** Names of the columns, as the mapping of `profiles/tables/community-e.json` knows them. */
const HEADER = [
  '病历号', '姓名', '性别', '出生日期', '身份证号', '联系电话', '就诊号', '就诊时间', '就诊类型', '申请单号', '申请时间', '报告单号', '组合代码', '组合名称',
  '条码号', '标本类型', '采样时间', '接收时间', '报告时间', '项目代码', '项目名称', '结果', '单位', '参考范围', '提示', '状态',
] as const;

const SEXES = { male: '男', female: '女' } as const;
const VISITS = { AMB: '门诊', EMER: '急诊', IMP: '住院' } as const;
const SPECIMENS = { blood: '全血', serum: '血清', plasma: '血浆' } as const;
const FLAGS: Readonly<Record<string, string>> = { N: '', H: '↑', HH: '↑↑', L: '↓', LL: '↓↓', POS: '阳性', NEG: '阴性' };

/**
 * The laboratory results that one institution delivers as CSV instead of messages: the same residents, visits and values
 * as `districtMessages` has, a row for each result.
 *
 * @returns line after line with its line end, the header first
 */
export function* tableLines(tables: DistrictTables, options: DistrictOptions, source: string): Generator<string> {
  const { laboratory } = senderOf(institutionOf(source), tables);
  yield lineOf(HEADER);
  for (let index = 0; index < options.residents; index++) {
    const resident = residentAt(index, options);
    const visits = visitsOf(resident, options).filter((visit) => visit.institution.source === source);
    // Who exports a table after a correction finds only what holds now.
    const corrected = new Set(visits.filter((visit) => visit.isCorrection).map((visit) => visit.number));
    for (const visit of visits.filter((one) => one.isCorrection || !corrected.has(one.number))) {
      for (const panel of visit.panels) yield* panelLines(panel, laboratory, { resident, visit }, options.seed);
    }
  }
}

function* panelLines(panel: Panel, laboratory: Laboratory, seen: Seen, seed: string): Generator<string> {
  const { resident, visit } = seen;
  const number = patientNumber(seed, visit.institution, resident);
  const sample = takeSample(seed, resident, visit.isCorrection ? addDays(visit.day, 1) : visit.day);
  const times = timesOf(visit, panel);
  const local = `${number}-${visit.number}-${panel.key}`;
  const ofReport = [
    number, visit.name, SEXES[resident.sex], resident.birthDate, visit.showsDocument ? resident.residentId ?? '' : '', resident.phone,
    `${number}-${visit.number}`, localTime(atMinute(visit.day, 8 * 60)), VISITS[visit.kind], local, localTime(times.ordered), local, panel.key, panel.zh,
    local, SPECIMENS[panel.specimen], localTime(times.collected), localTime(times.received), localTime(times.issued),
  ];
  for (const test of resultsOf(panel, laboratory, seen)) {
    yield lineOf([...ofReport, ...resultCells(test, printedOf(test, sample, seen)), visit.isCorrection ? '更正' : '已审核']);
  }
}

function resultCells({ local, display }: Result, printed: PrintedResult): readonly string[] {
  const flag = FLAGS[printed.flag] ?? '';
  if (printed.kind === 'words') return [local, display, printed.words, '', '', flag];
  return [local, display, `${printed.below ? '<' : ''}${numeralOf(printed.value)}`, printed.unit, rangeText(printed), flag];
}

function rangeText({ low, high }: Extract<PrintedResult, { kind: 'quantity' }>): string {
  if (low === undefined) return high === undefined ? '' : `≤${numeralOf(high)}`;
  return high === undefined ? `≥${numeralOf(low)}` : `${numeralOf(low)}-${numeralOf(high)}`;
}

/** `2025-03-02 08:15:00`, as hospital systems print it. */
function localTime(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
