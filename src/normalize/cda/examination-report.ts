import type { JsonObject } from '../../fhir/resource.ts';
import { sourceUri } from '../derive-id.ts';
import type { RecordContext } from './context.ts';
import { periodAt } from './context.ts';
import { dataElementOf, ELEMENT, labelOf, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import { addDiagnoses } from './diagnoses.ts';
import { presentedForm } from './document-reference.ts';
import type { XmlElement } from './element.ts';
import { childAt, childrenOf } from './element.ts';
import type { ExaminationKind } from './examination-kind.ts';
import { categoryOfKind, examinationKind } from './examination-kind.ts';
import { addFinding } from './findings.ts';
import { addImagingStudies } from './imaging-study.ts';
import { itemsOf } from './items.ts';
import type { Item } from './items.ts';
import { ROOT } from './oids.ts';
import { addProcedures } from './procedures.ts';
import { readReport, reportStatements } from './report.ts';
import type { Report } from './report.ts';
import { addResult, itemConcept, sequenceOf, sharedBy, timeElement } from './results.ts';
import { allSectionsOf, DIAGNOSIS_SECTIONS, sectionCode } from './sections.ts';
import { addSpecimens } from './specimens.ts';

/** WS/T 500.6: what was examined and how, what was seen, and what the physician makes of it. */
export function addExaminationReport(context: RecordContext): void {
  const report = readReport(context, ROOT.examinationReport);
  const items = allSectionsOf(context.root).filter((section) => !DIAGNOSIS_SECTIONS.has(sectionCode(section))).flatMap(itemsOf);
  const [seen, impression] = findingsOf(context.root);
  const kind = examinationKind(wordsAbout(context, items));
  const time = items.map(timeElement).find((element) => element !== undefined) ?? procedureTime(context.root);
  const { start } = periodAt(context, time);
  addDiagnoses(context, 'report');
  addProcedures(context);
  const results = [...addFindings(context, report, { seen, kind, start }), ...addMeasured(context, report, items, kind)];
  const studies = addImagingStudies(context, { modality: kind.modality, basedOn: report.basedOn, started: start });
  context.records.add(defined({
    resourceType: 'DiagnosticReport',
    identifier: [report.identifier],
    basedOn: report.basedOn,
    status: report.status,
    category: categoryOfKind(kind),
    code: reportCode(context, items[0]),
    subject: context.subject,
    encounter: context.encounter,
    effectiveDateTime: start,
    issued: context.header.issued,
    performer: report.performer,
    resultsInterpreter: report.interpreter,
    result: results,
    imagingStudy: studies,
    conclusion: impression.map(wordsOf).join('\n') || undefined,
    presentedForm: [presentedForm(context)],
  }), impression[0] ?? seen[0] ?? context.root, { elements: { effective: time, conclusion: childAt(impression[0], 'value') } });
}

interface Seen { readonly seen: readonly XmlElement[]; readonly kind: ExaminationKind; readonly start: string | undefined }

/** What was seen; what the patient complains of is a finding too, and no result of the report. */
function addFindings(context: RecordContext, report: Report, { seen, kind, start }: Seen): readonly JsonObject[] {
  const of = { of: report.identifier.value, status: report.status };
  for (const [index, symptom] of reportStatements(context.root, ELEMENT.symptom).entries()) addFinding(context, symptom, { ...of, sequence: index + 1 });
  const found = seen.map((observation, index) => addFinding(context, observation, { ...of, category: categoryOfResults(kind), note: report.note, at: start, sequence: index + 1 }));
  return found.filter((finding) => finding !== undefined);
}

/** Items that were measured; one without a quantity or result code only says what was examined. */
function addMeasured(context: RecordContext, report: Report, items: readonly Item[], kind: ExaminationKind): readonly JsonObject[] {
  const measured = items.filter(({ result, resultCode }) => wordsOf(result) !== undefined || wordsOf(resultCode) !== undefined);
  const sampled = addSpecimens(context, measured, { report: report.identifier.value, number: report.specimenNumber, request: report.basedOn, stated: {} });
  const shared = { ...sharedBy(context, report), category: categoryOfResults(kind), codeSystem: examinationCodes(context) };
  const sequences = sequenceOf(measured);
  const results = measured.map((item) => addResult(context, item, shared, { specimen: sampled.get(item)?.reference, collected: undefined, sequence: sequences.get(item) ?? 1 }));
  return results.filter((result) => result !== undefined);
}

function categoryOfResults({ isImaging }: ExaminationKind): 'imaging' | 'exam' {
  return isImaging ? 'imaging' : 'exam';
}

/** 客观所见 and 主观提示. Some systems state both under the first data element and tell them apart by name. */
function findingsOf(root: XmlElement): readonly [readonly XmlElement[], readonly XmlElement[]] {
  const stated = [...reportStatements(root, ELEMENT.findings), ...reportStatements(root, ELEMENT.impression)].filter((observation) => wordsOf(observation) !== undefined);
  const isImpression = (observation: XmlElement): boolean => dataElementOf(observation) === ELEMENT.impression || /主观|提示|结论|诊断意见/.test(labelOf(observation) ?? '');
  return [stated.filter((observation) => !isImpression(observation)), stated.filter(isImpression)];
}

function wordsAbout({ root, header }: RecordContext, items: readonly Item[]): readonly string[] {
  const about = [...reportStatements(root, ELEMENT.category), ...reportStatements(root, ELEMENT.method)].map(wordsOf);
  return [...about, ...items.map(({ name, code }) => wordsOf(name) ?? wordsOf(code)), header.title].filter((words) => words !== undefined);
}

/** The first item is what was examined; without any, the kind of examination in words. */
function reportCode(context: RecordContext, item: Item | undefined): JsonObject {
  const concept = item === undefined ? undefined : itemConcept(item, examinationCodes(context));
  const [category, method] = [ELEMENT.category, ELEMENT.method].map((element) => wordsOf(reportStatements(context.root, element)[0]));
  // A code alone tells nobody what was examined.
  const told = concept?.['coding'] === undefined ? concept?.['text'] : undefined;
  const text = wordsOf(item?.name) ?? told ?? method ?? category ?? context.header.title ?? '检查报告';
  return defined({ ...concept, text });
}

function examinationCodes({ sender }: RecordContext): string {
  return `${sourceUri(sender.id)}/examinations`;
}

function procedureTime(root: XmlElement): XmlElement | undefined {
  const procedures = allSectionsOf(root).flatMap((section) => childrenOf(section, 'entry')).flatMap((entry) => childrenOf(entry, 'procedure'));
  return procedures.map((procedure) => childAt(procedure, 'effectiveTime')).find((time) => time !== undefined);
}

