import type { JsonObject } from '../../fhir/resource.ts';
import type { RecordContext } from './context.ts';
import { timeAt } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, descendantsOf } from './element.ts';
import { unique } from './unique.ts';

const MODALITIES = 'http://dicom.nema.org/resources/ontology/DCM';
/** Codes of DICOM for the acts that stand for a study and a series. @see DICOM PS3.20 */
const STUDY = '113014';
const SERIES = '113015';

/** What the report tells of its studies. */
export interface StudyHow { readonly modality: string | undefined; readonly basedOn: readonly JsonObject[]; readonly started: string | undefined }

/** The studies whose DICOM unique identifier the document names. */
export function addImagingStudies(context: RecordContext, { modality, basedOn, started }: StudyHow): readonly JsonObject[] {
  const studies = descendantsOf(context.root, 'act').filter((act) => isOf(act, STUDY)).flatMap((act) => {
    const uid = attributeOf(childAt(act, 'id'), 'root');
    if (uid === undefined) return [];
    return [context.records.add(defined({
      resourceType: 'ImagingStudy',
      identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${uid}` }],
      status: 'available',
      modality: modality === undefined ? [] : [{ system: MODALITIES, code: modality }],
      subject: context.subject,
      encounter: context.encounter,
      started: timeAt(context, childAt(act, 'effectiveTime')) ?? started,
      basedOn,
      series: seriesOf(act, modality),
    }), act, { elements: { identifier: childAt(act, 'id'), started: childAt(act, 'effectiveTime') } })];
  });
  return unique(studies);
}

/** A series needs a modality in R4. */
function seriesOf(study: XmlElement, modality: string | undefined): readonly JsonObject[] {
  return descendantsOf(study, 'act').filter((act) => isOf(act, SERIES)).flatMap((act) => {
    const uid = attributeOf(childAt(act, 'id'), 'root');
    const code = attributeOf(childAt(act, 'code', 'qualifier', 'value'), 'code') ?? modality;
    return uid === undefined || code === undefined ? [] : [{ uid, modality: { system: MODALITIES, code } }];
  });
}

function isOf(act: XmlElement, code: string): boolean {
  return attributeOf(childAt(act, 'code'), 'code') === code;
}
