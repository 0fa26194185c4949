import type { Resource } from '../../fhir/resource.ts';
import { derivedId } from '../../fhir/derived-id.ts';
import { SUBJECT_SYSTEM } from '../../audit/index.ts';
import type { Change } from '../../store/store.ts';
import type { DecisionRecord } from './decision-record.ts';
import { DECISION_TYPE, STATE_SYSTEM, toDetectedIssue } from './detected-issue.ts';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** The writes that store a step of a decision, with its Provenance. They expect that nobody has written it since it was read. */
export function decisionChanges(record: DecisionRecord, recorded: string, order?: string): readonly Change[] {
  return [{ kind: 'put', resource: toDetectedIssue(record), expectedVersion: record.version }, { kind: 'put', resource: provenanceOf(record, recorded, order), expectedVersion: 0 }];
}

function provenanceOf(record: DecisionRecord, recorded: string, order: string | undefined): Resource & { readonly id: string } {
  const { id, version, steps, prior, order: { organization } } = record;
  const step = steps.at(-1);
  const used = [...(prior.report === undefined ? [] : [prior.report]), ...prior.results];
  return {
    resourceType: 'Provenance',
    id: derivedId('Provenance', DECISION_TYPE, id, steps.length),
    target: [{ reference: `${DECISION_TYPE}/${id}/_history/${version + 1}` }, ...(order === undefined ? [] : [{ reference: order }])],
    ...(step === undefined ? {} : { occurredDateTime: step.at }),
    recorded,
    activity: { coding: [{ system: STATE_SYSTEM, code: record.state }] },
    agent: [{
      type: { coding: [{ system: PARTICIPANT, code: 'author' }] },
      who: { ...(step?.name === undefined ? {} : { display: step.name }), identifier: { system: SUBJECT_SYSTEM, value: step?.by ?? 'bund' } },
      onBehalfOf: { reference: `Organization/${organization}` },
    }],
    entity: used.map(({ reference, version: usedVersion }) => ({ role: 'source', what: { reference: `${reference}/_history/${usedVersion}` } })),
  };
}

/** References of the patients of a decision, for its trace. */
export function patientsOfDecision({ order, prior }: Pick<DecisionRecord, 'order' | 'prior'>): readonly string[] {
  return [...new Set([order.patient, ...prior.patients])].map((id) => `Patient/${id}`);
}
