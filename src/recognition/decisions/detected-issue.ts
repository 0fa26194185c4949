import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import type { BasisChange, DecisionRecord, DecisionState, DecisionStep } from './decision-record.ts';
import { compound, extension, part } from './extensions.ts';
import { noteLine } from './note-line.ts';
import type { VersionedReference } from './presentation.ts';
import { reasonOf, RETEST_REASON_SYSTEM } from './retest-reasons.ts';

export const DECISION_TYPE = 'DetectedIssue';
export const DECISION_PROFILE = 'https://bund.example/StructureDefinition/recognition-decision';
/** Code system of the issues that the exchange detects. */
export const ISSUE_SYSTEM = 'https://bund.example/CodeSystem/detected-issue';
export const DUPLICATE_TEST = 'duplicate-test';
export const STATE_SYSTEM = 'https://bund.example/CodeSystem/recognition-state';
export const GATE_SYSTEM = 'https://bund.example/CodeSystem/recognition-gate';

/** A decision goes on as an observation does: registered, then final, then amended by what comes later. */
const STATUSES: Record<DecisionState, string> = {
  candidate: 'registered', presented: 'preliminary', accepted: 'final', declined: 'final', expired: 'final', reversed: 'amended', reopened: 'amended',
};

/** The resource of a decision. `readDecision` makes the same decision of it. */
export function toDetectedIssue(record: DecisionRecord): Resource & { readonly id: string } {
  const { id, state, order, prior, steps } = record;
  const note = noteLine(record);
  return {
    resourceType: DECISION_TYPE,
    id,
    meta: { profile: [DECISION_PROFILE] },
    extension: [...searchedExtensions(record), ...factExtensions(record)],
    status: STATUSES[state],
    code: { coding: [{ system: ISSUE_SYSTEM, code: DUPLICATE_TEST }], text: `${record.name.zh} ${record.name.en}` },
    patient: { reference: `Patient/${order.patient}` },
    identifiedDateTime: record.presentedAt,
    author: { display: 'Bund' },
    implicated: [
      order.reference === undefined ? { type: 'ServiceRequest', identifier: { value: order.key } } : { reference: order.reference },
      ...(prior.report === undefined ? [] : [{ reference: versioned(prior.report) }]),
      ...prior.results.map((result) => ({ reference: versioned(result) })),
    ],
    ...(record.failed.length === 0 ? {} : { evidence: [{ code: record.failed.map((code) => ({ coding: [{ system: GATE_SYSTEM, code }] })) }] }),
    ...(note === undefined ? {} : { detail: note }),
    mitigation: steps.map(mitigationOf),
  };
}

/** Those by which decisions are searched. */
function searchedExtensions({ state, item, name, verdict, order, prior, mark, expiresAt }: DecisionRecord): readonly JsonObject[] {
  return [
    extension('recognition-state', { valueCode: state }),
    extension('recognition-item', { valueCoding: { system: ITEM_SYSTEM, code: item, display: name.zh } }),
    extension('recognition-verdict', { valueCode: verdict }),
    extension('recognition-organization', { valueReference: { reference: `Organization/${order.organization}` } }),
    extension('recognition-expires', { valueInstant: expiresAt }),
    ...prior.patients.map((patient) => extension('recognition-prior-patient', { valueReference: { reference: `Patient/${patient}` } })),
    ...(mark === undefined ? [] : [extension('recognition-certificate', { valueReference: { reference: `VerificationResult/${mark.certificate}` } })]),
  ];
}

function factExtensions({ order, name, members, coversOrder, prior, mark, anchor, validUntil, price, viewedAt, revokedFrom }: DecisionRecord): readonly JsonObject[] {
  return [
    ...compound('recognition-order', [
      part('key', 'String', order.key), part('department', 'String', order.department), part('practitioner', 'String', order.practitioner), part('encounter', 'String', order.encounter),
      part('name', 'String', name.en), part('coversOrder', 'Boolean', coversOrder), part('revokedFrom', 'Code', revokedFrom), ...members.map((member) => part('member', 'Code', member)),
    ]),
    ...compound('recognition-prior', [
      part('isWithoutReport', 'Boolean', prior.report === undefined ? true : undefined),
      part('performer', 'Reference', prior.performer === undefined ? undefined : { reference: `Organization/${prior.performer}`, ...(prior.performerName === undefined ? {} : { display: prior.performerName }) }),
      part('text', 'String', prior.text),
      part('validUntil', 'Instant', validUntil), part('anchor', 'Code', anchor?.kind), part('anchorAt', 'DateTime', anchor?.at), part('isFallback', 'Boolean', anchor?.isFallback),
      part('scope', 'Code', mark?.scope), part('label', 'String', mark?.label),
    ]),
    ...compound('recognition-price', [part('gross', 'Integer', price?.grossFen), part('patientShare', 'Integer', price?.patientShareFen)]),
    ...(viewedAt === undefined ? [] : [extension('recognition-viewed', { valueInstant: viewedAt })]),
  ];
}

function mitigationOf(step: DecisionStep): JsonObject {
  const { to, at, by, name, reason, text, isPatientInformed, informedAt, isLate, changes = [], order } = step;
  return {
    extension: [
      ...compound('recognition-step', [
        part('by', 'String', by), part('name', 'String', name), part('at', 'Instant', at), part('text', 'String', text), part('order', 'Code', order), part('isPatientInformed', 'Boolean', isPatientInformed),
        part('informedAt', 'Instant', informedAt), part('isLate', 'Boolean', isLate),
      ]),
      ...changes.flatMap(changeExtension),
    ],
    action: {
      coding: [{ system: STATE_SYSTEM, code: to }, ...(reason === undefined ? [] : [{ system: RETEST_REASON_SYSTEM, code: reason, display: reasonOf(reason).zh }])],
      ...(text === undefined ? {} : { text }),
    },
    date: at,
    author: { ...(name === undefined ? {} : { display: name }), identifier: { system: SUBJECT_SYSTEM, value: by } },
  };
}

/** As `audit/` names whom a token speaks for; a pure file imports no use case. */
const SUBJECT_SYSTEM = 'https://bund.example/identifier/subject';

function changeExtension({ reference, version, kind, what }: BasisChange): readonly JsonObject[] {
  return compound('recognition-change', [
    part('what', 'String', what.join(' ')), part('kind', 'Code', kind), part('resource', 'Reference', { reference: `${reference}/_history/${version}` }),
  ]);
}

function versioned({ reference, version }: VersionedReference): string {
  return `${reference}/_history/${version}`;
}
