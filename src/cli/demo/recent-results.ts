import { addDays, daysBetween } from '../../district/calendar.ts';
import { institutionOf } from '../../district/institutions.ts';
import { type Message, messageOf, senderOf } from '../../district/message.ts';
import type { Panel } from '../../district/orders.ts';
import type { Visit } from '../../district/visits.ts';
import { sendOverMllp } from './channels.ts';
import type { Stage } from './stage.ts';

/** The hospital that has measured of late what the demonstration's clinician is about to order. */
const PERFORMER = 'hospital-b';

/** What it measured: whole lipids, an item whose certificate has lapsed, and one in a unit that cannot be converted. */
const LATELY: readonly Panel[] = [
  { key: 'LIP', zh: '血脂', items: ['TC', 'TG', 'HDLC', 'LDLC'], specimen: 'serum', weight: 0 },
  { key: 'HBA', zh: '糖化血红蛋白', items: ['HBA1C'], specimen: 'blood', weight: 0 },
  { key: 'LPA', zh: '脂蛋白(a)', items: ['LPA'], specimen: 'serum', weight: 0 },
];
/** Nine days ago, when seven count. */
const BEFORE: readonly Panel[] = [{ key: 'ELE', zh: '电解质', items: ['K', 'NA', 'CL'], specimen: 'serum', weight: 0 }];
const DAYS_AGO = { lately: 4, before: 9 } as const;
/** A laboratory that counts particles, not mass: 1 nmol/L is no fixed number of mg/L. */
const UNIT = { item: 'LPA', text: 'nmol/L', factor: 0.4 } as const;

/** Sends what the hospital has measured in the last days, over its own channel. On the same day always the same. */
export async function sendRecentResults(stage: Stage): Promise<void> {
  await send(stage, [visitOf(stage, BEFORE, DAYS_AGO.before), visitOf(stage, LATELY, DAYS_AGO.lately)]);
}

/** The laboratory has run the samples again, and reports other values. */
export async function sendCorrection(stage: Stage): Promise<void> {
  await send(stage, [{ ...visitOf(stage, LATELY, DAYS_AGO.lately), isCorrection: true }]);
}

async function send(stage: Stage, visits: readonly Visit[]): Promise<void> {
  const { source, laboratory } = senderOf(institutionOf(PERFORMER), stage.services);
  const test = laboratory.get(UNIT.item);
  const changed = test === undefined ? laboratory : new Map([...laboratory, [UNIT.item, { ...test, unit: UNIT }] as const]);
  const messages: readonly Message[] = visits.map((visit) => messageOf(stage.resident, visit, { source, laboratory: changed }, stage.district.seed));
  for await (const _sent of sendOverMllp(stage, PERFORMER, messages));
}

function visitOf({ resident, services }: Stage, panels: readonly Panel[], daysAgo: number): Visit {
  const day = addDays(today(services.clock()), -daysAgo);
  return {
    institution: institutionOf(PERFORMER), number: daysBetween('2020-01-01', day), day, kind: 'AMB', panels,
    examination: undefined, name: resident.name, showsDocument: true, isCorrection: false,
  };
}

/** The calendar of China. */
function today(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
