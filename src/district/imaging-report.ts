import { atMinute } from './calendar.ts';
import type { Surroundings } from './laboratory-report.ts';
import type { Examination } from './orders.ts';
import { dicomUid, localCode, localIdentifier, type Part, partOf, refer } from './record.ts';

/** Order, study and report of one imaging examination. */
export function imagingParts(examination: Examination, at: Surroundings): readonly Part[] {
  const { visit: { institution, day }, patient, encounter, organization, number } = at;
  const local = `${number}-${examination.key}`;
  const code = {
    coding: [localCode(institution, 'examinations', { code: examination.key, display: examination.zh }), { system: 'http://loinc.org', code: examination.loinc }],
    text: examination.zh,
  };
  const context = { subject: refer(patient), encounter: refer(encounter) };
  const started = atMinute(day, 9 * 60 + 20);
  const order = partOf(institution, local, {
    resourceType: 'ServiceRequest', identifier: [localIdentifier(institution, 'order', local)], status: 'completed', intent: 'order',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '363679005', display: 'Imaging' }] }],
    code, ...context, authoredOn: atMinute(day, 8 * 60 + 40), requester: refer(organization),
  });
  const modality = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: examination.modality };
  const uid = `${institution.source}|${local}`;
  const study = partOf(institution, local, {
    resourceType: 'ImagingStudy', status: 'available', ...context, started, basedOn: [refer(order)],
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${dicomUid(uid)}` }, { ...localIdentifier(institution, 'accession', local), type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] } }],
    modality: [modality], numberOfSeries: examination.series, numberOfInstances: examination.images, procedureCode: [code], description: examination.zh,
    series: Array.from({ length: examination.series }, (_, n) => ({ uid: dicomUid(`${uid}|${n + 1}`), number: n + 1, modality, numberOfInstances: examination.images / examination.series })),
  });
  const report = partOf(institution, `${local}-R`, {
    resourceType: 'DiagnosticReport', identifier: [localIdentifier(institution, 'report', local)], basedOn: [refer(order)], status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'RAD', display: 'Radiology' }] }],
    code, ...context, effectiveDateTime: started, issued: atMinute(day, 10 * 60 + 50), performer: [refer(organization)],
    imagingStudy: [refer(study)], conclusion: examination.conclusion,
    presentedForm: [{ contentType: 'text/plain; charset=utf-8', language: 'zh-CN', title: examination.zh, data: Buffer.from(`${examination.findings}\n${examination.conclusion}`).toString('base64') }],
  });
  return [order, study, report];
}
