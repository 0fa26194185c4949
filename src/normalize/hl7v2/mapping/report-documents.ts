import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { labelOf, oneConceptOf } from '../datatypes/concept.ts';
import { practitionerOf } from '../datatypes/practitioner.ts';
import { asInstant, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import { annotationExtensions, annotationsOf } from './annotation.ts';
import { attachmentsOf, isAttached, textAttachment } from './attachment.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import type { ObservedText } from './observed-texts.ts';
import { isText, writtenText } from './observed-texts.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, openNamed } from './reading.ts';
import type { ReportContext } from './report.ts';
import { observationStatus } from './result-status.ts';
import type { Section } from './sections.ts';

/** LOINC of an impression, and of a final diagnosis of pathology. */
const CONCLUSIONS: ReadonlySet<string> = new Set(['19005-8', '22637-3']);
const IMPRESSION = /结论|诊断|印象|提示|impression|conclusion|diagnosis/i;
const PICTURE = /^(image|audio|video)\/|^application\/dicom/;

/** True for a text that concludes a report: by its suffix or code; outside of the laboratory, also by its name. */
export function concludes({ lines }: ObservedText, { isLaboratory }: Section): boolean {
  const [obx] = lines;
  if (obx === undefined || !isText(obx)) return false;
  const isMarked = obx.text(3) === 'IMP' || obx.text(3, 1, 2) === 'IMP' || CONCLUSIONS.has(obx.text(3));
  return isMarked || (!isLaboratory && IMPRESSION.test(labelOf(obx.value(3))));
}

/** What of a report is documents and pictures, and what is written in it. */
export interface ReportParts { readonly observations: readonly Noted[]; readonly texts: readonly ObservedText[]; readonly context: ReportContext }

/** Puts documents and pictures with their report; an imaging report in words without conclusion is a document as a whole. */
export function readDocuments(reading: Reading, report: Draft, { observations, texts, context }: ReportParts): void {
  const attached = observations.filter(({ segment }) => isAttached(segment) && !isWithdrawn(segment))
    .flatMap((noted) => attachmentsOf(reading, noted.segment).map((attachment) => ({ noted, attachment })));
  const documents = attached.filter(({ attachment }) => !isPicture(attachment));
  // A report that is nothing but a picture must still hold something.
  const isMore = documents.length > 0 || report.has('result') || report.has('conclusion');
  for (const { noted: { segment, notes }, attachment } of isMore ? documents : attached) {
    report.add('presentedForm', [attachment], 5, segment).add('extension', annotationExtensions(reading, notes));
  }
  if (isMore) attached.filter(({ attachment }) => isPicture(attachment)).forEach((picture, index) => addPicture(reading, report, { ...picture, context, ordinal: index + 1 }));
  if (!context.section.isImaging || report.has('conclusion') || report.has('presentedForm')) return;
  const written = texts.filter(({ lines: [obx] }) => obx !== undefined && isText(obx));
  const text = written.map(writtenText).filter(Boolean).join('\n\n');
  if (text !== '') report.add('presentedForm', [textAttachment(text)], undefined, written[0]?.lines[0]);
}

function isPicture(attachment: JsonObject): boolean {
  return PICTURE.test(textOf(attachment['contentType']));
}

function isWithdrawn(obx: Segment): boolean {
  return observationStatus(obx.text(11)) === 'entered-in-error';
}

interface Picture { readonly noted: Noted; readonly attachment: JsonObject; readonly context: ReportContext; readonly ordinal: number }

function addPicture(reading: Reading, report: Draft, { noted: { segment: obx, notes }, attachment, context: { care, order }, ordinal }: Picture): void {
  const { draft } = openNamed(reading, 'Media', derivedIdentifier(reading, 'pictures', [report.number, obx.text(3), obx.text(4), String(ordinal)]), obx);
  draft.add('basedOn', [order])
    .set('status', 'completed', 11)
    .set('view', oneConceptOf(reading, obx.values(3)), 3)
    .set('subject', care.subject.patient.reference)
    .set('encounter', care.encounter?.reference)
    .set('createdDateTime', timeOf(reading, obx, 14), 14)
    .set('issued', asInstant(timeOf(reading, obx, 19)), 19)
    .set('operator', practitionerOf(reading, obx.value(16), { segment: obx, field: 16 }), 16)
    .set('bodySite', oneConceptOf(reading, obx.values(20)), 20)
    .set('content', attachment, 5)
    .add('note', annotationsOf(reading, notes));
  report.add('media', [{ comment: attachment['title'], link: draft.reference }], 5, obx);
}
