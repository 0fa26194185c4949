import { holdsOn } from '../catalogue/days.ts';
import { anchorOf, endOfWindow, timesOf } from './anchor.ts';
import type { InstitutionLevel } from './catalogue-item.ts';
import { INSTITUTION_LEVELS } from './catalogue-item.ts';
import { clockOf, dayOf } from './district-time.ts';
import type { GateRule } from './question.ts';
import { ANCHOR_WORDS, CIRCUMSTANCE_WORDS, itemWords, LEVEL_WORDS } from './words.ts';

/** Clocks of two institutions may differ by this much before a result counts as one from the future. */
export const CLOCK_SKEW_MS = 5 * 60_000;

export const catalogueGate: GateRule = ({ order, row, offsetMinutes }, now) => {
  const item = itemWords(row, order);
  if (row === undefined) return { zh: `${item.zh} 不在互认目录中`, en: `The catalogue of recognition does not hold ${item.en}` };
  if (!row.isEnabled) {
    const why = row.disabledReason === undefined ? { zh: '', en: '' } : { zh: `（${row.disabledReason}）`, en: ` (${row.disabledReason})` };
    return { zh: `${row.zh} 在互认目录中已停用${why.zh}`, en: `${row.en} is disabled in the catalogue of recognition${why.en}` };
  }
  if (row.window.days <= 0) return { zh: `${row.zh} 只共享不互认`, en: `${row.en} is shared and never recognised` };
  if (holdsOn(row.effective, dayOf(now, offsetMinutes))) return undefined;
  const days = `${row.effective.from ?? '…'} – ${row.effective.to ?? '…'}`;
  return { zh: `${row.zh} 的目录条目有效期为 ${days}`, en: `The catalogue holds ${row.en} for ${days} only` };
};

export const timeGate: GateRule = ({ prior, offsetMinutes }, now) => {
  const times = timesOf(prior);
  if (times.length === 0) return { zh: '结果无采集、检查或报告时间', en: 'The result tells no time of collection, examination or report' };
  const future = times.find(({ at }) => at > now + CLOCK_SKEW_MS);
  if (future === undefined) return undefined;
  const [words, clock] = [ANCHOR_WORDS[future.kind], clockOf(future.at, offsetMinutes)];
  return { zh: `${words.zh}时间 ${clock} 晚于当前时间`, en: `${words.en} on ${clock}, which is in the future` };
};

/** Its last instant is included. An item without a window, or a result without a time, is the affair of other gates. */
export const windowGate: GateRule = ({ order, prior, row, offsetMinutes }, now) => {
  const anchor = anchorOf(prior, row);
  const end = endOfWindow(anchor, row);
  if (anchor === undefined || end === undefined || row === undefined || now <= end) return undefined;
  const [words, item, days] = [ANCHOR_WORDS[anchor.kind], itemWords(row, order), row.window.days];
  const [day, last] = [dayOf(anchor.at, offsetMinutes), clockOf(end, offsetMinutes)];
  return {
    zh: `${words.zh}于 ${day}，超过 ${days} 天互认时限（至 ${last}）`,
    en: `${words.en} on ${day}: older than the ${days} days for which ${item.en} is recognised (until ${last})`,
  };
};

/** Its own level and those above, unless the catalogue says otherwise. */
export const levelGate: GateRule = ({ order, prior, row }) => {
  const { level } = order.orderedBy;
  if (prior.performer === undefined) return { zh: '检验检查机构未注明或不属本区域，无法判断其级别', en: 'The performing institution is unknown or none of the region, so that its level cannot be known' };
  const accepted = row?.accepts?.[level] ?? levelsFrom(level);
  if (accepted.includes(prior.performer.level)) return undefined;
  const [ordering, performing] = [LEVEL_WORDS[level], LEVEL_WORDS[prior.performer.level]];
  return { zh: `${ordering.zh}不互认${performing.zh}的该项结果`, en: `As ${ordering.en}, this institution does not recognise the result of ${performing.en}` };
};

export const excludedGate: GateRule = ({ order, row }) => {
  const found = (row?.exclusions ?? []).filter((circumstance) => order.circumstances.includes(circumstance)).map((circumstance) => CIRCUMSTANCE_WORDS[circumstance]);
  if (row === undefined || found.length === 0) return undefined;
  return { zh: `${row.zh} 在${found.map(({ zh }) => zh).join('、')}情形下不互认`, en: `${row.en} is not recognised in ${found.map(({ en }) => en).join(', ')}` };
};

function levelsFrom(level: InstitutionLevel): readonly InstitutionLevel[] {
  return INSTITUTION_LEVELS.slice(INSTITUTION_LEVELS.indexOf(level));
}
