import type { Caller } from '../../../src/access/index.ts';
import { presentDecisions } from '../../../src/recognition/decisions/index.ts';
import type { DecisionRecord, Presentation } from '../../../src/recognition/decisions/index.ts';
import type { Assessment } from '../../../src/recognition/rules/assessment.ts';
import type { Answer } from '../../http/server.ts';
import type { IntakeOptions, IntakeServer } from '../../intake/intake-server.ts';
import { startIntakeServer } from '../../intake/intake-server.ts';
import { labBundle, residentId } from '../../intake/samples.ts';

/** A gateway with what tests about decisions ask of it. */
export interface DecisionServer extends IntakeServer {
  /** Pushes a glucose result of one resident at hospital-b, the resident's order at hospital-a, and says where they stand. */
  prepare(resident: number, value?: unknown): Promise<Prepared>;
  /** Presents the prepared result to a physician of chengxin, as a card would. */
  present(prepared: Prepared, changes?: Partial<Presentation>): Promise<DecisionRecord>;
  /** Asks as a physician of the facility. */
  physician(method: string, address: string, body?: unknown, facility?: string): Promise<Answer>;
  pushResult(resident: number, value: unknown, changes?: object): Promise<Answer>;
}

export interface Prepared {
  readonly resident: number;
  /** Logical ids: the patient at hospital-a and at hospital-b, the order, the result. */
  readonly patient: string;
  readonly priorPatient: string;
  readonly order: string;
  readonly result: string;
}

export const FACILITY = 'chengxin';

export async function startDecisionServer(options: IntakeOptions = {}): Promise<DecisionServer> {
  const server = await startIntakeServer(options);
  const pushResult: DecisionServer['pushResult'] = async (resident, value, changes = {}) => {
    const message = labBundle('hospital-b', { number: `b-${resident}`, residentId: residentId(resident) }, [{ number: `b-${resident}-1`, code: 'GLU', value }]);
    Object.assign(message.entry[1]?.resource as object, changes);
    const answer = await server.push('hospital-b', message);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer;
  };
  const physician = personAsker(server);
  return {
    ...server, pushResult, physician,
    prepare: async (resident, value = 5.6) => {
      const [priorPatient, result] = locations(await pushResult(resident, value));
      const [patient] = locations(await server.push('hospital-a', labBundle('hospital-a', { number: `a-${resident}`, residentId: residentId(resident) }, [])));
      const order = await server.fhir('POST', '/ServiceRequest', {
        resourceType: 'ServiceRequest', status: 'active', intent: 'order', code: { text: '葡萄糖' }, subject: { reference: `Patient/${patient}` }, authoredOn: '2026-03-05T08:00:00+08:00',
        identifier: [{ system: 'https://hospital-a.example/orders', value: `order-${resident}` }],
      });
      return { resident, patient: patient ?? '', priorPatient: priorPatient ?? '', order: String(order.body.id), result: result ?? '' };
    },
    present: async (prepared, changes = {}) => {
      const [record] = await presentDecisions(server.services, caller(), [presentation(prepared, changes)], { action: 'operation', interaction: 'recognition-ask', outcome: 'success' });
      if (record === undefined) throw new Error('nothing was presented');
      return record;
    },
  };
}

export function personAsker({ url, token }: Pick<IntakeServer, 'url' | 'token'>): DecisionServer['physician'] {
  return async (method, address, body, facility = FACILITY) => {
    const response = await fetch(url + address, {
      method,
      headers: { Authorization: `Bearer ${token('clinician', { facility, subject: `doctor-of-${facility}`, name: '王医生' })}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
}

export function locations(answer: Answer): string[] {
  return answer.body.entry.map(({ response }: { response: { location: string } }) => response.location.split('/')[1] ?? '');
}

export function caller(changes: Partial<Caller> = {}): Caller {
  return {
    role: 'clinician', subject: 'doctor-1', name: '王医生', source: undefined, facility: FACILITY, scopes: ['user/*.rs', 'recognition.ask', 'recognition.answer'],
    purpose: 'TREAT', breakGlass: undefined, requestId: 'test', address: '127.0.0.1', ...changes,
  };
}

export const RECOGNISED: Assessment = {
  verdict: 'recognise', failed: [], mark: { certificate: 'cert-1', scope: 'shanghai', label: '沪HR' },
  anchor: { kind: 'collected', at: '2026-03-01T08:20:00+08:00', isFallback: false }, validUntil: undefined,
};

export function presentation({ patient, priorPatient, order, result }: Prepared, changes: Partial<Presentation> = {}): Presentation {
  return {
    order: { reference: `ServiceRequest/${order}`, key: `ServiceRequest/${order}`, patient, organization: FACILITY, department: '内分泌科', practitioner: 'doctor-1' },
    item: 'GLU', name: { zh: '葡萄糖', en: 'Glucose' }, coversOrder: true,
    prior: { report: undefined, results: [{ reference: `Observation/${result}`, version: 1 }], patients: [priorPatient], performer: 'pubin', text: '葡萄糖 5.6 mmol/L' },
    assessment: RECOGNISED, price: { grossFen: 500, patientShareFen: 100 }, ...changes,
  };
}
