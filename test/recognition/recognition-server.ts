import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import { resourceOf } from '../../src/fhir/body.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Services } from '../../src/services.ts';
import type { Answer, Parsed } from '../http/server.ts';
import type { IntakeServer } from '../intake/intake-server.ts';
import { startIntakeServer } from '../intake/intake-server.ts';
import { bundle, patient, residentId, urn } from '../intake/samples.ts';

export const ISSUER = 'https://emr.chengxin.example';
export const DAY_MS = 86_400_000;

/** What an EMR's token says, changed. */
export interface TokenChanges { readonly claims?: Record<string, unknown>; readonly key?: CryptoKey; readonly alg?: string; readonly kid?: string }

export interface RecognitionServer extends IntakeServer {
  /** A token as the EMR of hospital-a makes it for one call. */
  clientToken(audience: string, changes?: TokenChanges): Promise<string>;
  /** Calls a CDS service as that EMR. */
  cds(address: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Calls as a physician of the institution, with a token of the exchange. */
  physician(facility: string, address: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Traces since the start, newest first. */
  traces(interaction: string): Promise<Resource[]>;
}

export async function startRecognitionServer(uri?: string, env: Record<string, string> = {}, changeMore: (services: Services) => Services = (services) => services): Promise<RecognitionServer> {
  const { publicKey, privateKey } = await generateKeyPair('ES384');
  const jwk = { ...await exportJWK(publicKey), kid: 'k1', alg: 'ES384' };
  const change = (services: Services): Services => {
    const source = services.sources.get('hospital-a');
    if (source === undefined) throw new Error('no hospital-a');
    return changeMore({ ...services, sources: new Map([...services.sources, ['hospital-a', { ...source, cdsClient: { iss: ISSUER, jwks: { keys: [jwk] } } }]]) });
  };
  // The time limit is measured elsewhere: a machine that runs other tests beside may be slow.
  const server = await startIntakeServer({ uri, change, env: { BUND_LIMIT_REMINDER_MS: '60000', ...env } });
  const clientToken: RecognitionServer['clientToken'] = (audience, { claims = {}, key = privateKey, alg = 'ES384', kid = 'k1' } = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: ISSUER, aud: audience, iat: now, exp: now + 300, jti: randomUUID(), ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key);
  };
  return {
    ...server, clientToken,
    cds: async (address, body, headers = {}) => call(`${server.url}${address}`, 'POST', body, { Authorization: `Bearer ${await clientToken(`${server.url}${address}`)}`, ...headers }),
    physician: (facility, address, body, headers = {}) => call(`${server.url}${address}`, 'POST', body, { Authorization: `Bearer ${server.token('clinician', { subject: 'Practitioner/liu', facility })}`, ...headers }),
    traces: async (interaction) => {
      const { items } = await server.services.store.search({ type: 'AuditEvent', where: [{ kind: 'token', param: 'subtype', anyOf: [{ code: interaction }] }], sort: [], limit: 200 });
      return items.map((item) => resourceOf(item.body));
    },
  };
}

async function call(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

export interface LipidSample {
  readonly source: string;
  /** Of the resident, by whom records are one person. */
  readonly person: number;
  readonly name?: string;
  readonly ageDays: number;
  /** Item of the source's own list -> value and unit. */
  readonly values: Readonly<Record<string, readonly [value: number, unit: string]>>;
  readonly specimen?: string | undefined;
  readonly report?: string;
  readonly status?: string;
}

export function ago(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A report of a laboratory as it is pushed: patient, specimen, results, report. */
export function labReport({ source, person, name = '王芳', ageDays, values, specimen = '血清', report = `r-${ageDays}`, status = 'final' }: LipidSample): object {
  const number = `${person}`;
  const local = (kind: string, value: string): object => ({ system: `https://bund.example/sources/${source}/${kind}`, value });
  const collected = ago(ageDays);
  const results = Object.entries(values).map(([code, [value, unit]]) => ({
    resourceType: 'Observation', identifier: [local('result', `${number}-${report}-${code}`)], status,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: `https://bund.example/sources/${source}/codes`, code }] }, subject: { reference: urn(0) },
    effectiveDateTime: collected, issued: ago(ageDays - 0.1), valueQuantity: { value, unit }, specimen: { reference: urn(1) },
    interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'H' }] }],
    referenceRange: [{ high: { value: value * 0.9, unit } }],
  }));
  return bundle([
    patient(source, { number, residentId: residentId(person), name }),
    { resourceType: 'Specimen', identifier: [local('specimen', `${number}-${report}`)], status: 'available', type: { text: specimen }, subject: { reference: urn(0) }, collection: { collectedDateTime: collected } },
    ...results,
    {
      resourceType: 'DiagnosticReport', identifier: [local('report', `${number}-${report}`)], status, code: { text: '血脂' }, subject: { reference: urn(0) },
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
      effectiveDateTime: collected, issued: ago(ageDays - 0.1), result: results.map((_, at) => ({ reference: urn(at + 2) })),
    },
  ]);
}

/** The four lipids of hospital-b, in mg/dL. */
export const LIPIDS_B = { 30501: [200, 'mg/dL'], 30502: [150, 'mg/dL'], 30503: [50, 'mg/dL'], 30504: [120, 'mg/dL'] } as const;
export const LIPIDS_C = { 总胆固醇: [5.2, 'mmol/L'], 甘油三酯: [1.7, 'mmol/L'], 高密度脂蛋白: [1.3, 'mmol/L'], 低密度脂蛋白: [3.1, 'mmol/L'] } as const;

/** The patient as the ordering hospital knows them; the logical id. */
export async function knownAtA(server: IntakeServer, person: number, name = '王芳'): Promise<string> {
  const pushed = await server.push('hospital-a', bundle([patient('hospital-a', { number: `${person}`, residentId: residentId(person), name })]));
  if (pushed.status !== 200) throw new Error(pushed.text);
  return idIn(pushed.body);
}

export function idIn(body: Parsed): string {
  return String(body.entry[0].response.location).split('/')[1] ?? '';
}

export async function pushed(server: IntakeServer, source: string, body: object): Promise<Answer> {
  const answer = await server.push(source, body);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
}

const LIPID_PANEL = { coding: [{ system: 'http://loinc.org', code: '57698-3', display: 'Lipid panel' }], text: '血脂' };

/** A draft in the shape that the published sandbox sends: status draft, intent plan or order. */
export function draft(patientId: string, changes: object = {}): Record<string, unknown> {
  return { resourceType: 'ServiceRequest', id: 'draft-1', status: 'draft', intent: 'order', code: LIPID_PANEL, subject: { reference: `Patient/${patientId}` }, authoredOn: ago(0), ...changes };
}

/** The body of a call as the specification has it. */
export function hookBody(hook: string, patientId: string, { drafts = [draft(patientId)], selections = drafts.map((one) => `ServiceRequest/${String(one['id'])}`), ...more }: { drafts?: readonly Record<string, unknown>[]; selections?: readonly string[]; context?: object; prefetch?: object } = {}): Record<string, unknown> {
  return {
    hook, hookInstance: randomUUID(), fhirServer: 'http://127.0.0.1:1/must-never-be-called',
    fhirAuthorization: { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, scope: 'patient/*.read', subject: 'cds-service' },
    context: {
      userId: 'Practitioner/doc-7', patientId, encounterId: '89284',
      ...(hook === 'patient-view' ? {} : { ...(hook === 'order-select' ? { selections } : {}), draftOrders: { resourceType: 'Bundle', type: 'collection', entry: drafts.map((resource) => ({ resource })) } }),
      ...more.context,
    },
    ...(more.prefetch === undefined ? {} : { prefetch: more.prefetch }),
  };
}

/** The patient of hospital-a as its own EMR prefetches them. */
export function prefetchedPatient(id: string, person: number): object {
  return { ...patient('hospital-a', { number: `${person}`, residentId: residentId(person) }), id };
}
