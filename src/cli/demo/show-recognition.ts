import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../fhir/resource.ts';
import { LOINC_SYSTEM } from '../../terminology/index.ts';
import { type Answer, bodyOf, numberAt, objectAt, objectsAt, textAt, UnexpectedAnswer } from './client.ts';
import { facts, heading, table } from './print.ts';
import { sendCorrection, sendRecentResults } from './recent-results.ts';
import type { Shown } from './show-results.ts';
import type { Stage } from './stage.ts';

/** What the physician is about to sign, as their own system names it. */
const DRAFTS = [
  { key: 'lipids', zh: '血脂', coding: { system: 'https://bund.example/sources/hospital-a/panels', code: 'LIP' } },
  { key: 'hba1c', zh: '糖化血红蛋白', coding: { system: LOINC_SYSTEM, code: '4548-4' } },
  { key: 'lpa', zh: '脂蛋白(a)', coding: { system: LOINC_SYSTEM, code: '10835-7' } },
  { key: 'potassium', zh: '钾', coding: { system: LOINC_SYSTEM, code: '2823-3' } },
] as const;
const SERVICE = 'bund-order-sign';
const LONGEST_WAIT_MS = 30_000;
/** East of UTC. */
const CHINA_MS = 8 * 3_600_000;

/** A physician orders what another hospital has measured; the cards say what may stand in for it, and why the rest may not. */
export async function showRecognition(stage: Stage, { patient }: Shown): Promise<void> {
  await sendRecentResults(stage);
  heading(`An order meets results of another hospital: ${DRAFTS.map(({ zh }) => zh).join(', ')}`);
  console.log(`POST /cds-services/${SERVICE}, as the physician's own system asks before the signature (CDS Hooks 2.0)`);
  const cards = objectsAt(bodyOf('The hook', await stage.clinician.post(`/cds-services/${SERVICE}`, JSON.stringify(hookOf(stage, patient)))), 'cards');
  for (const card of cards) showCard(card);
  const recognised = cards.find((card) => objectsAt(card, 'suggestions').length > 0);
  if (recognised === undefined) throw new UnexpectedAnswer('No prior result may be recognised, where the whole lipids of another hospital should');
  await decideAndCorrect(stage, textAt(recognised, 'uuid'));
}

/** On the same day the same order: a second run finds the decision of the first. */
function hookOf({ services }: Stage, patient: string): JsonObject {
  const day = services.clock().toISOString().slice(0, 10);
  return {
    hook: 'order-sign', hookInstance: randomUUID(),
    context: {
      userId: 'Practitioner/dr-chen', patientId: patient,
      draftOrders: {
        resourceType: 'Bundle', type: 'collection',
        entry: DRAFTS.map(({ key, zh, coding }) => ({
          resource: { resourceType: 'ServiceRequest', id: `demo-${day}-${key}`, status: 'draft', intent: 'order', subject: { reference: `Patient/${patient}` }, code: { coding: [coding], text: zh } },
        })),
      },
    },
  };
}

function showCard(card: JsonObject): void {
  console.log(`\n  ■ ${textAt(card, 'summary')}`);
  const lines = textAt(card, 'detail').split('\n').map((line) => line.trim().replaceAll('**', '').replaceAll(/\\(.)/g, '$1')).filter((line) => line !== '');
  const [head, , ...rows] = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  if (head !== undefined && objectsAt(card, 'suggestions').length > 0) table(head, rows);
  for (const line of lines.filter((one) => !one.startsWith('|'))) console.log(`    ${line}`);
  const [suggestion] = objectsAt(card, 'suggestions');
  if (suggestion !== undefined) console.log(`    → ${textAt(suggestion, 'label')}, or one of ${objectsAt(card, 'overrideReasons').length} lawful reasons to repeat it`);
}

/** The acceptance is recorded and counted; then the laboratory corrects its report, and the decision is open again. */
async function decideAndCorrect(stage: Stage, decision: string): Promise<void> {
  const { clinician, home } = stage;
  heading('The decision, the figures of the month, and a correction that re-opens it');
  const before = await decisionOf(stage, decision);
  if (objectsAt(before, 'steps').some((step) => step['to'] === 'reopened')) {
    facts([['Decided', 'in an earlier run on this day, and re-opened by the correction'], ['Now', `${textAt(before, 'state')} with the corrected values`], ['This month', await monthOf(stage)]]);
    return;
  }
  const feedback = { feedback: [{ card: decision, outcome: 'accepted', outcomeTimestamp: stage.services.clock().toISOString() }] };
  bodyOf('The feedback', await clinician.post(`/cds-services/${SERVICE}/feedback`, JSON.stringify(feedback)));
  const accepted = await decisionOf(stage, decision);
  const month = await monthOf(stage);
  await sendCorrection(stage);
  const notice = await noticeOf(stage, decision);
  const after = await decisionOf(stage, decision);
  facts([
    ['Feedback', `accepted: POST /cds-services/${SERVICE}/feedback`],
    ['For the record', textAt(accepted, 'note')],
    ['This month', month],
    ['Then', 'hospital-b ran the samples again and sent other values, over MLLP'],
    ['Now', `${textAt(after, 'state')}: GET /recognition/decisions/${decision.slice(0, 8)}…`],
    ['Notice', `${home} is told at GET /recognition/notices: ${textAt(notice, 'description')}`],
  ]);
}

/** What the institution's own physicians see of the month. */
async function monthOf({ clinician, services, home }: Stage): Promise<string> {
  const month = new Date(services.clock().getTime() + CHINA_MS).toISOString().slice(0, 7);
  const facility = services.sources.get(home)?.organization.id;
  const figures = bodyOf('The figures', await clinician.get(`/recognition/figures?month=${month}&by=organization`));
  const row = objectsAt(figures, 'rows').find(({ organization }) => organization === facility);
  const told = (name: string): number => numberAt(row, 'counts', name);
  const yuan = (fen: number): string => `¥${(fen / 100).toFixed(2)}`;
  return `GET /recognition/figures?month=${month}: ${told('eligible')} might be recognised, ${told('accepted')} were; saved ${yuan(told('savedGrossFen'))}, of which the patients ${yuan(told('savedPatientShareFen'))}`;
}

async function decisionOf({ clinician }: Stage, decision: string): Promise<JsonObject | undefined> {
  return objectAt(bodyOf('The decision', await clinician.get(`/recognition/decisions/${decision}`)), 'decision');
}

/** What follows the feed of changes does so a moment later. */
async function noticeOf({ senders, home }: Stage, decision: string): Promise<JsonObject> {
  const end = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const answer: Answer | undefined = await senders.get(home)?.get('/recognition/notices');
    const found = answer === undefined ? undefined : objectsAt(bodyOf('The notices', answer), 'notices').find((notice) => JSON.stringify(notice).includes(decision));
    if (found !== undefined) return found;
    if (performance.now() > end) throw new UnexpectedAnswer('The correction has not re-opened the decision');
    await pause(200);
  }
}
