import type { Services } from '../../services.ts';
import type { Candidate } from '../candidates/assess-orders.ts';
import type { ToldGroup } from '../candidates/ask-recognition.ts';
import { institutionName } from '../candidates/performers.ts';
import { trendOf } from '../candidates/trend.ts';
import { clockOf, DAY_MS, dayOf, instantOf } from '../rules/district-time.ts';

/** In whose name a card is written: how institutions and items are called, and how the district reads its clocks. */
export interface Speaking { readonly services: Pick<Services, 'sources' | 'recognition' | 'codes'>; readonly now: Date; readonly offsetMinutes: number }

const LONGEST_SUMMARY = 139;
const FLAGS: Readonly<Record<string, string>> = { H: '↑', HH: '↑↑', L: '↓', LL: '↓↓' };
const ANCHORS = { collected: '采集 Collected', effective: '检查 Examined', issued: '报告 Reported' } as const;

/** One line of less than 140 characters: what is there, of what, from where. */
export function summaryOf(group: ToldGroup, { services, offsetMinutes }: Speaking): string {
  const { verdict, members, presentation: { name, coversOrder }, order } = group;
  const [first] = members;
  const institution = institutionName(services, first?.best.prior.performer?.organization) ?? '外院';
  const at = instantOf(first?.best.assessment.anchor?.at);
  const where = `（${institution}${at === undefined ? '' : ` ${dayOf(at, offsetMinutes)}`}）`;
  const value = !order.isPanel && first?.best.shown.value !== undefined ? ` ${first.best.shown.value}` : '';
  const part = order.isPanel ? ` ${members.length}/${order.items.filter(({ item }) => order.panel?.members.includes(item)).length} 项` : '';
  const [zh, en] = verdict === 'view-only' ? ['已有结果供参考，不可互认', 'for information, not recognised']
    : coversOrder ? ['已有可互认结果', 'may be recognised'] : ['已有部分可互认结果', 'may be recognised in part'];
  return shortened(`${zh}：${name.zh}${value}${part}${where} / ${name.en}: ${en}`);
}

export function shortened(text: string): string {
  // Never half of a character that takes two units.
  return text.length <= LONGEST_SUMMARY ? text : `${text.slice(0, LONGEST_SUMMARY - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The result itself, in Markdown, Chinese first and English beside it. */
export function detailOf(group: ToldGroup, speaking: Speaking): string {
  const { members, verdict } = group;
  const parts = [
    tableOf(group, speaking),
    ...members.flatMap(({ item, best }) => trendLine(group, { item, best }, speaking)),
    ...originLines(group, speaking),
    ...(verdict === 'recognise' ? windowLines(group, speaking) : reasonLines(group)),
    ...missingLines(group, speaking),
    ...conclusionLines(members.map(({ best }) => best)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function tableOf({ members }: ToldGroup, speaking: Speaking): string {
  const rows = members.map(({ item, best: { shown } }) => {
    const flag = shown.flag === undefined ? '' : ` ${FLAGS[shown.flag] ?? shown.flag}`;
    const cells = [itemName(item, speaking), `**${plain(shown.value ?? '—')}**${flag}`, plain(shown.common ?? '='), plain(shown.range ?? '—')];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| 项目 Item | 结果 Result | 通用单位 Common unit | 参考范围 Range |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function itemName(item: string, { services: { recognition, codes }, now, offsetMinutes }: Speaking): string {
  const { zh, en } = recognition.rowFor(item, dayOf(now.getTime(), offsetMinutes)) ?? codes.items.get(item) ?? { zh: item, en: item };
  return plain(`${zh} ${en}`);
}

function trendLine({ order }: ToldGroup, { item, best }: { readonly item: string; readonly best: Candidate }, speaking: Speaking): readonly string[] {
  const earlier = trendOf(order, item, best).map(({ shown, assessment, prior }) => {
    const at = instantOf(assessment.anchor?.at);
    const institution = institutionName(speaking.services, prior.performer?.organization);
    return `${plain(shown.common ?? shown.value ?? '')} (${at === undefined ? '?' : dayOf(at, speaking.offsetMinutes)}${institution === undefined ? '' : ` ${plain(institution)}`})`;
  });
  return earlier.length === 0 ? [] : [`趋势 Trend ${itemName(item, speaking)}: ${earlier.join(' ← ')}`];
}

function originLines({ members, presentation: { assessment } }: ToldGroup, { services, offsetMinutes }: Speaking): readonly string[] {
  const [first] = members;
  const institution = institutionName(services, first?.best.prior.performer?.organization) ?? '未注明 unknown';
  const { anchor, mark } = assessment;
  const at = instantOf(anchor?.at);
  const time = anchor === undefined || at === undefined ? '时间未注明 No time is told' : `${ANCHORS[anchor.kind]}: ${clockOf(at, offsetMinutes)}${anchor.isFallback ? '（目录指定时间缺失，以此代替 in place of the time that the catalogue names）' : ''}`;
  return [[`机构 Institution: ${plain(institution)}`, time, `互认标识 Mark: ${mark === undefined ? '无 none' : plain(mark.label)}`].join('  \n')];
}

function windowLines({ presentation: { assessment: { validUntil } } }: ToldGroup, { now, offsetMinutes }: Speaking): readonly string[] {
  const end = instantOf(validUntil);
  if (end === undefined) return [];
  const days = Math.floor((end - now.getTime()) / DAY_MS);
  return [`互认至 Recognised until: ${clockOf(end, offsetMinutes)}（剩余 ${days} 天 / ${days} days left）`];
}

function reasonLines({ presentation: { assessment: { failed } } }: ToldGroup): readonly string[] {
  return [`不可互认的原因 Why it is not recognised:\n\n${failed.map(({ zh, en }) => `- ${plain(zh)} / ${plain(en)}`).join('\n')}`];
}

/** What of a panel is still to be done, and why. */
function missingLines({ order: { coverage, isPanel }, members }: ToldGroup, speaking: Speaking): readonly string[] {
  const others = (coverage?.recognised ?? []).filter(({ item }) => !members.some((member) => member.item === item) && coverage?.coverage !== 'none');
  const missing = isPanel ? coverage?.missing.filter(({ item }) => !members.some((member) => member.item === item)) ?? [] : [];
  const elsewhere = others.length === 0 ? [] : [`另有报告包含 In another report: ${others.map(({ item }) => itemName(item, speaking)).join(', ')}`];
  if (missing.length === 0) return elsewhere;
  const lines = missing.map(({ item, why }) => `- ${itemName(item, speaking)}: ${why.length === 0 ? '无结果 / no result' : why.map(({ zh, en }) => `${plain(zh)} / ${plain(en)}`).join('; ')}`);
  return [...elsewhere, `缺少项目 Missing:\n\n${lines.join('\n')}`];
}

function conclusionLines(shown: readonly Candidate[]): readonly string[] {
  const conclusions = [...new Set(shown.map((one) => one.shown.conclusion).filter((text) => text !== undefined))];
  return conclusions.map((text) => `该院医师诊断结论，仅供参考 Conclusion of their physician, for information: ${plain(text)}`);
}

/** What a source wrote is shown as it is, never read as Markdown or HTML. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]#!|~]/g, '\\$&').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
