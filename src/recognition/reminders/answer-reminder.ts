import { authorize, type Caller } from '../../access/index.ts';
import { isServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { askRecognition, institutionOf, type ToldGroup } from '../candidates/ask-recognition.ts';
import { askedOrderOf } from '../candidates/asked-order.ts';
import { institutionName } from '../candidates/performers.ts';
import { containedIn } from '../candidates/read-order.ts';
import { resolvePatient } from '../candidates/resolve-patient.ts';
import { districtDay } from '../catalogue/days.ts';
import { clockOf, instantOf } from '../rules/district-time.ts';
import { parseReminder } from './parse-reminder.ts';
import { readReminderRequest } from './reminder-request.ts';
import { renderReminders, type Reminder } from './render-reminders.ts';

/**
 * Answers `GetRemind`: reminders of repeated tests (重复检验) and examinations (重复检查). As at order entry, whoever may not know of
 * the patient is told nothing, and what is told is recorded and traced first.
 *
 * @param body XML @returns XML
 * @throws ServiceError 'malformed' that names the element; 'rule-broken'; 'unavailable'
 */
export async function answerReminder(services: Services, client: Caller, body: Buffer): Promise<string> {
  const day = districtDay(services.clock().toISOString(), services.config.offsetMinutes);
  const { identifiers, localId, practitioner, encounter, isEmergency, orders } = readReminderRequest(parseReminder(body), client.source, { tables: services.recognition, day });
  const caller = client.source === undefined || practitioner === undefined ? client : { ...client, subject: practitioner };
  try {
    const patient = await resolvePatient(services, caller.source, { id: localId, identifiers });
    if (patient === undefined) await authorize(services, caller, { action: 'recognition-ask', type: 'Patient', patients: [] });
    const { organization } = institutionOf(services, caller);
    const beside = { encounter: isEmergency ? { class: { code: 'EMER' } } : undefined };
    const numbers = new Map<object, string>();
    const asked = orders.map(({ number, order }) => {
      const one = askedOrderOf(order, { patient: patient ?? '', organization, practitioner, encounter, beside: { ...beside, resources: new Map(containedIn(order)) } }, services.recognition);
      numbers.set(one, number);
      return one;
    });
    const { groups } = await askRecognition(services, caller, { patient: patient ?? '', orders: asked, interaction: 'recognition-remind' });
    return renderReminders(groups.map((group) => reminderOf(services, group, numbers.get(group.order.asked) ?? '')));
  } catch (error) {
    if (isServiceError(error, 'forbidden')) return renderReminders([]);
    throw error;
  }
}

function reminderOf(services: Services, { order, members, presentation, verdict, decision }: ToldGroup, number: string): Reminder {
  const [first] = members;
  const { name, assessment, prior } = presentation;
  const at = instantOf(assessment.anchor?.at);
  const end = instantOf(assessment.validUntil);
  const { offsetMinutes } = services.config;
  const isExamination = order.items.some(({ row }) => row?.kind === 'imaging');
  const institution = institutionName(services, prior.performer) ?? '外院';
  const missing = (order.coverage?.missing ?? []).map(({ item }) => item);
  const sentence = verdict === 'recognise'
    ? `${institution}已有${name.zh}可互认结果${missing.length > 0 && order.isPanel ? `，缺少 ${missing.join('、')}` : ''}${end === undefined ? '' : `，互认至 ${clockOf(end, offsetMinutes)}`}`
    : `${institution}已有${name.zh}结果供参考，不可互认：${assessment.failed.map(({ zh }) => zh).join('；')}`;
  return {
    kind: isExamination ? '重复检查' : '重复检验', order: number, item: presentation.item, name: name.zh, isRecognised: verdict === 'recognise', sentence,
    report: prior.report?.reference ?? first?.best.prior.reference ?? '', institution,
    at: at === undefined ? undefined : clockOf(at, offsetMinutes), until: end === undefined ? undefined : clockOf(end, offsetMinutes),
    mark: assessment.mark?.label, decision: decision?.id,
    results: members.map(({ item, best: { shown } }) => ({ item, value: shown.value ?? '', flag: shown.flag })),
  };
}
