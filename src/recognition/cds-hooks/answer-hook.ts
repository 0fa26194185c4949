import { authorize, type Caller } from '../../access/index.ts';
import { isServiceError } from '../../errors.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { resourceOf } from '../../fhir/body.ts';
import { deriveId } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { askRecognition, institutionOf, subjectOf } from '../candidates/ask-recognition.ts';
import { askedOrderOf } from '../candidates/asked-order.ts';
import { idsOf, objectsOf } from '../candidates/elements.ts';
import { findValidResults, type ValidResult } from '../candidates/find-valid.ts';
import { containedIn } from '../candidates/read-order.ts';
import { resolvePatient } from '../candidates/resolve-patient.ts';
import { type Card, cardOf, sourceOf } from './cards.ts';
import { randomUUID } from 'node:crypto';
import { plain, shortened } from './card-text.ts';
import { institutionName } from '../candidates/performers.ts';
import { clockOf, instantOf } from '../rules/district-time.ts';
import type { Draft, HookRequest } from './hook-request.ts';
import type { CdsService } from './services.ts';

export interface Asked { readonly service: CdsService; readonly request: HookRequest; /** Public address of the exchange. */ readonly base: string }

/**
 * Answers a call of an EMR. Whoever may not know of the patient gets no cards, as for a patient without results; the refusal
 * is traced.
 */
export async function answerHook(services: Services, client: Caller, { service, request, base }: Asked): Promise<{ readonly cards: readonly Card[] }> {
  const caller = callerIn(client, request);
  try {
    const patient = await patientOf(services, caller, request);
    if (service.hook === 'patient-view') return { cards: await validCards(services, caller, patient, base) };
    return { cards: await orderCards(services, caller, { patient, request, base, interaction: service.hook }) };
  } catch (error) {
    if (isServiceError(error, 'forbidden')) return { cards: [] };
    throw error;
  }
}

/** An EMR speaks for its user, whom the request names; a caller with a token of the exchange is who the token says. */
function callerIn(client: Caller, { userId }: HookRequest): Caller {
  return client.source === undefined ? client : { ...client, subject: userId };
}

/** @throws ServiceError 'forbidden', traced, where there is no such patient: nobody is to learn which of both it is */
async function patientOf(services: Services, caller: Caller, { patientId, patient }: HookRequest): Promise<string> {
  const identifiers = objectsOf(patient?.['identifier']).map(({ system, value }) => ({ system: textOf(system), value: textOf(value) })).filter(({ value }) => value !== '');
  const found = await resolvePatient(services, caller.source, { id: patientId, identifiers });
  if (found === undefined) await authorize(services, caller, { action: 'recognition-ask', type: 'Patient', patients: [] });
  return found ?? '';
}

interface Asking { readonly patient: string; readonly request: HookRequest; readonly base: string; readonly interaction: string }

async function orderCards(services: Services, caller: Caller, { patient, request, base, interaction }: Asking): Promise<readonly Card[]> {
  if (patient === '') return [];
  const encounter = request.encounter ?? await encounterOf(services, caller, patient, request.encounterId);
  const { organization } = institutionOf(services, caller);
  const orders = request.drafts.map(({ order }: Draft) => askedOrderOf(order, {
    patient, organization, practitioner: request.userId,
    encounter: request.encounterId === undefined ? undefined : `Encounter/${request.encounterId}`,
    beside: { resources: new Map([...request.beside, ...containedIn(order)]), encounter },
  }, services.recognition));
  const { groups, now } = await askRecognition(services, caller, { patient, orders, interaction });
  const speaking = { services, now, offsetMinutes: services.config.offsetMinutes };
  // What a physician has declined with a reason is not asked again.
  return groups.filter(({ decision }) => decision?.state !== 'declined').map((group) => cardOf(group, speaking, base));
}

/** The encounter as the exchange has it, where the EMR did not send it. It decides whether this is an emergency, and is told to nobody. */
async function encounterOf(services: Services, { source }: Caller, patient: string, encounterId: string | undefined): Promise<JsonObject | undefined> {
  if (encounterId === undefined) return undefined;
  const ids = [encounterId, ...(source === undefined ? [] : [deriveId(source, 'Encounter', { kind: 'id', value: encounterId })])];
  const stored = (await services.store.readMany(ids.map((id) => ({ type: 'Encounter', id })))).filter(({ deleted }) => !deleted).map(({ body }) => resourceOf(body));
  const { patients } = await subjectOf(services, patient);
  return stored.find(({ subject }) => isObject(subject) && idsOf(subject, 'Patient').some((id) => patients.includes(id)));
}

const MOST_LISTED = 20;

async function validCards(services: Services, caller: Caller, patient: string, base: string): Promise<readonly Card[]> {
  if (patient === '') return [];
  const { found } = await findValidResults(services, caller, patient, 'patient-view');
  if (found.length === 0) return [];
  const lines = found.slice(0, MOST_LISTED).map((one) => validLine(services, one));
  const more = found.length > MOST_LISTED ? [`- … ${found.length - MOST_LISTED}`] : [];
  return [{
    uuid: randomUUID(),
    summary: shortened(`外院有 ${found.length} 项可互认结果 / ${found.length} results of other institutions may be recognised`),
    indicator: 'info', detail: [...lines, ...more].join('\n'), source: sourceOf(base, 'test'),
  }];
}

function validLine(services: Services, { zh, en, best: { shown, prior, assessment } }: ValidResult): string {
  const { offsetMinutes } = services.config;
  const [at, end] = [instantOf(assessment.anchor?.at), instantOf(assessment.validUntil)];
  const institution = institutionName(services, prior.performer?.organization) ?? '';
  return `- ${plain(`${zh} ${en}`)}${shown.value === undefined ? '' : ` **${plain(shown.value)}**`}, ${plain(institution)}, ${at === undefined ? '' : clockOf(at, offsetMinutes)}, ${assessment.mark?.label ?? ''}, 至 until ${end === undefined ? '' : clockOf(end, offsetMinutes)}`;
}
