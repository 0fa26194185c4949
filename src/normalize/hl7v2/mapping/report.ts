import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { isObject, textOf } from '../../../fhir/resource.ts';
import { localCodes } from '../datatypes/code-system.ts';
import { componentText, conceptOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { interpreterOf } from '../datatypes/practitioner.ts';
import { asInstant, period, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import { annotationExtensions } from './annotation.ts';
import { isAttached } from './attachment.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import type { ResultContext } from './observation.ts';
import { readObservation } from './observation.ts';
import { joinTexts, writtenText } from './observed-texts.ts';
import type { OrderNumbers } from './order.ts';
import { serviceOf } from './order.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { open, openDistinct, report as reportFault } from './reading.ts';
import { concludes, readDocuments } from './report-documents.ts';
import { reportStatus, statusByResults } from './result-status.ts';
import type { Section } from './sections.ts';
import { serviceCategories } from './sections.ts';

const NOTHING: JsonObject = {};

/** What a report is about. */
export interface ReportContext {
  readonly care: CareContext;
  readonly numbers: OrderNumbers;
  readonly section: Section;
  readonly order: JsonObject | undefined;
  readonly specimens: readonly Draft[];
}

/** A result with what other reports of the message may call it. */
export interface NamedResult { readonly code: string; readonly subId: string; readonly draft: Draft }

/** A report with its numbers, to find the parent of another. */
export interface NamedReport { readonly obr: Segment; readonly numbers: OrderNumbers; readonly results: readonly NamedResult[] }

/**
 * OBR and its OBX: a report, its results and documents.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-obr-to-diagnosticreport.html
 */
export function readReport(reading: Reading, obr: Noted, observations: readonly Noted[], context: ReportContext): NamedReport {
  const { segment, notes, roles } = obr;
  const { care, numbers, section, order, specimens } = context;
  const identity = reportIdentity(reading, segment, context);
  const draft = identity === undefined ? open(reading, 'DiagnosticReport', segment) : openDistinct(reading, 'DiagnosticReport', ['reports', identity], segment);
  const effective = effectiveOf(reading, segment, specimens, observations);
  const issued = asInstant(timeOf(reading, segment, 22));
  const texts = joinTexts(observations.filter((noted) => !isAttached(noted.segment)));
  const shared: ResultContext = { care, identity, section, effective, effectivePlace: { segment, field: 7 }, issued, basedOn: order, specimen: specimens[0]?.reference };
  const results = texts.flatMap((text): readonly NamedResult[] => {
    const [obx] = text.lines;
    const result = readObservation(reading, text, shared);
    return result === undefined || obx === undefined ? [] : [{ code: componentText(obx.value(3), 1), subId: obx.text(4), draft: result }];
  });
  // A correction often brings the corrected results only: the others still belong to the report.
  draft.contribute(1, ['result']).add('extension', annotationExtensions(reading, notes))
    .add('identifier', [numbers.filler, numbers.placer], 3)
    .add('basedOn', [order])
    .set('status', statusOf(reading, segment, results), 25)
    .add('category', serviceCategories(section), 24)
    .set('code', conceptOf(reading, segment.value(4), { local: localCodes(reading.sender) }), 4)
    .set('subject', care.subject.patient.reference)
    .set('encounter', care.encounter?.reference);
  for (const [name, value] of Object.entries({ effectiveDateTime: undefined, ...effective })) draft.set(name, value, 7);
  draft.set('issued', issued, 22)
    .add('resultsInterpreter', interpreters(reading, segment, [32, 33]), 32)
    .add('performer', [...interpreters(reading, segment, [34, 35]), ...participationsOf(reading, roles).map(({ actor }) => actor)], 34)
    .add('specimen', specimens.map((specimen) => specimen.reference))
    .add('result', results.map((result) => result.draft.reference))
    .set('conclusion', texts.filter((text) => concludes(text, section)).map(writtenText).filter(Boolean).join('\n'));
  readDocuments(reading, draft, { observations, texts, context });
  return { obr: segment, numbers, results };
}

/** By the number of the order and what it asks for: one number often stands over several reports, of which a later message may hold only one. */
function reportIdentity(reading: Reading, obr: Segment, { care, numbers }: ReportContext): readonly string[] | undefined {
  // The susceptibilities of two organisms have one number and ask for the same: they are told apart by the result that they belong to.
  const parent = [1, 2].map((component) => obr.value(26).text(component)).join('^');
  const service = parent === '^' ? serviceOf(obr) : `${serviceOf(obr)} ${parent}`;
  if (numbers.number !== '') return [numbers.number, service];
  const time = timeOf(reading, obr, 7);
  return care.subject.number === '' || time === undefined ? undefined : [care.subject.number, service, time];
}

/** OBR-7 and OBR-8, else when the specimen was taken, else when the first result was observed. */
function effectiveOf(reading: Reading, obr: Segment, specimens: readonly Draft[], observations: readonly Noted[]): Readonly<Record<string, JsonValue>> {
  const start = timeOf(reading, obr, 7);
  const end = timeOf(reading, obr, 8);
  if (start !== undefined) return end === undefined || end === start ? { effectiveDateTime: start } : { effectivePeriod: period(start, end) ?? {} };
  for (const specimen of specimens) {
    const collection = specimen.get('collection');
    const { collectedDateTime, collectedPeriod } = isObject(collection) ? collection : NOTHING;
    if (collectedDateTime !== undefined) return { effectiveDateTime: collectedDateTime };
    if (collectedPeriod !== undefined) return { effectivePeriod: collectedPeriod };
  }
  const observed = observations.find(({ segment }) => segment.text(14) !== '');
  const time = observed === undefined ? undefined : timeOf(reading, observed.segment, 14);
  return time === undefined ? {} : { effectiveDateTime: time };
}

function statusOf(reading: Reading, obr: Segment, results: readonly NamedResult[]): string | undefined {
  const code = obr.text(25);
  if (code === '') return statusByResults(results.map(({ draft }) => textOf(draft.get('status')) || 'unknown'));
  const status = reportStatus(code);
  if (status === undefined) reportFault(reading, 'code-invalid', { segment: obr, field: 25 }, 'The status is none that table 0123 has for a report');
  return status;
}

function interpreters(reading: Reading, obr: Segment, fields: readonly number[]): readonly JsonObject[] {
  return present(fields.flatMap((field) => obr.values(field).map((value) => interpreterOf(reading, value, { segment: obr, field }))));
}

/** Results of a report that belong to one result of another, such as sensitivities to the germ that was found. */
export function linkParents(reports: readonly NamedReport[]): void {
  for (const { obr, results } of reports) {
    const code = obr.text(26);
    if (code === '' || results.length === 0) continue;
    const numbers = [obr.text(29, 1), obr.text(29, 2)].filter(Boolean);
    const parents = reports.filter((other) => other.obr !== obr && (numbers.length === 0 || [other.numbers.placer, other.numbers.filler].some((number) => numbers.includes(textOf(number?.['value'])))));
    const parent = parents.flatMap((other) => other.results).find((result) => result.code === code && (obr.text(26, 2) === '' || result.subId === obr.text(26, 2)));
    parent?.draft.add('hasMember', results.map(({ draft }) => element(draft.reference)), 26, obr);
  }
}
