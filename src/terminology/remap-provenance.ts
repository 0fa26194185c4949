import { SUBJECT_SYSTEM } from '../audit/index.ts';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import type { RemapJob } from './remap-job.ts';
import { isAboutMarks } from './remap-job.ts';

/** System of the ids of mappings in `Provenance.entity`. */
export const MAPPING_SYSTEM = 'https://bund.example/identifier/mapping';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/**
 * Who decided that results mean something else than they were stored with, and by which mapping.
 *
 * @param targets references of the results of one page; @param now instant
 */
export function remapProvenance(job: RemapJob, targets: readonly string[], now: string): Resource & { readonly id: string } {
  return {
    resourceType: 'Provenance',
    id: derivedId('Provenance', job.id, job.status, job.pages),
    target: targets.map((reference) => ({ reference })),
    recorded: now,
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'UPDATE' }] },
    agent: [
      { type: { coding: [{ system: PARTICIPANT, code: 'verifier' }] }, who: { identifier: { system: SUBJECT_SYSTEM, value: job.by } } },
      { type: { coding: [{ system: PARTICIPANT, code: 'assembler' }] }, who: { display: 'Bund' } },
    ],
    entity: [{ role: 'source', what: isAboutMarks(job) ? { reference: job.mapping } : { identifier: { system: MAPPING_SYSTEM, value: `${job.mapping}/${job.mappingVersion}` } } }],
  };
}
