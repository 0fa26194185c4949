import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import type { CatalogueRow } from '../rules/catalogue-item.ts';
import type { PriorResult } from '../rules/facts.ts';
import { codingsOf, instantOf, nonEmpty, objectsOf } from './elements.ts';
import type { ReadResource, Surroundings } from './prior-result.ts';
import { effectiveOf } from './prior-result.ts';
import { codedSide, contrastOf, sideOf } from './sides.ts';

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';

/** An examination: its images, its report, or both. */
export type Examination = { readonly study: ReadResource; readonly report: ReadResource | undefined } | { readonly study: undefined; readonly report: ReadResource };

/**
 * The facts of an examination. A code that is the item's own says by itself what was examined and how, where nothing says
 * otherwise; the side is said by no code.
 *
 * @param row of the item that its code names
 */
export function priorOfExamination(examination: Examination, row: CatalogueRow, about: Omit<Surroundings, 'report' | 'specimen'>): PriorResult {
  const { study, report } = examination;
  const codes = [report?.resource['code'], study?.resource['procedureCode']];
  const series = objectsOf(study?.resource['series']);
  const one = examination.study ?? examination.report;
  return {
    reference: `${one.resource.resourceType}/${textOf(one.resource.id)}`,
    version: one.version,
    report: report === undefined ? undefined : `DiagnosticReport/${textOf(report.resource.id)}`,
    patient: about.patient,
    grade: about.grade,
    // Without images there is nothing but what a physician concluded from them.
    kind: study === undefined ? 'conclusion' : 'result',
    item: row.item,
    isExact: true,
    statuses: statusesOf(study?.resource, report?.resource),
    specimen: undefined,
    bodySite: series.map(({ bodySite }) => about.tables.bodySite(bodySite)).find((site) => site !== undefined) ?? row.examined?.bodySite,
    laterality: series.map(({ laterality }) => codedSide(laterality)).find((side) => side !== undefined) ?? sideOf(...codes),
    contrast: contrastOf(...codes, { text: textOf(study?.resource['description']) }) ?? row.examined?.contrast,
    modality: modalityOf(study?.resource, report?.resource) ?? row.examined?.modality,
    method: undefined,
    instrument: undefined,
    unit: 'none',
    collectedAt: undefined,
    effectiveAt: instantOf(study?.resource['started'], about.offsetMinutes) ?? (report === undefined ? undefined : effectiveOf(report.resource, about.offsetMinutes)),
    issuedAt: instantOf(report?.resource['issued'], about.offsetMinutes),
    performer: about.performer,
    hasImages: study !== undefined && study.resource['status'] === 'available' && series.length > 0,
  };
}

/** Images that nobody has reported on yet are no complete examination. */
function statusesOf(study: Resource | undefined, report: Resource | undefined): readonly string[] {
  const reported = report === undefined ? 'registered' : nonEmpty(textOf(report['status'])) ?? 'unknown';
  const taken = study === undefined || study['status'] === 'available' ? [] : [nonEmpty(textOf(study['status'])) ?? 'unknown'];
  return [...taken, reported];
}

/** A study may list several: the examination is of the first that makes images. */
function modalityOf(study: Resource | undefined, report: Resource | undefined): string | undefined {
  const listed: readonly JsonObject[] = [...objectsOf(study?.['modality']), ...objectsOf(study?.['series']).flatMap(({ modality }) => (isObject(modality) ? [modality] : []))];
  const [code] = listed.map((coding) => textOf(coding['code'])).filter((modality) => modality !== '' && !NO_IMAGES.has(modality));
  return code ?? codingsOf(report?.['category']).find(({ system }) => system === DICOM)?.code;
}

/** Of DICOM: presentation states, structured reports, key objects. */
const NO_IMAGES: ReadonlySet<string> = new Set(['PR', 'SR', 'KO']);
