import type { JsonObject } from '../../fhir/resource.ts';
import { addDiagnoses } from './diagnoses.ts';
import type { RecordContext } from './context.ts';
import { timeAt } from './context.ts';
import { ELEMENT, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import { presentedForm } from './document-reference.ts';
import { childAt } from './element.ts';
import { itemsOf } from './items.ts';
import type { Item } from './items.ts';
import { LOINC, ROOT } from './oids.ts';
import { readReport, reportStatements } from './report.ts';
import type { Report } from './report.ts';
import { addResult, localCodes, sequenceOf, sharedBy, timeElement } from './results.ts';
import { allSectionsOf, DIAGNOSIS_SECTIONS, sectionCode } from './sections.ts';
import { addSpecimens, specimenStatements } from './specimens.ts';
import { unique } from './unique.ts';
import type { Sampled } from './specimens.ts';

/** WS/T 500.7: a report, its specimens and one result for each item. */
export function addLaboratoryReport(context: RecordContext): void {
  const report = readReport(context, ROOT.laboratoryReport);
  const items = allSectionsOf(context.root).filter((section) => !DIAGNOSIS_SECTIONS.has(sectionCode(section))).flatMap(itemsOf);
  addDiagnoses(context, 'report');
  const number = report.identifier.value;
  const sampled = addSpecimens(context, items, { report: number, number: report.specimenNumber, request: report.basedOn, stated: specimenStatements(context.root, items) });
  const shared = { ...sharedBy(context, report), category: 'laboratory' as const, codeSystem: localCodes(context) };
  const sequences = sequenceOf(items);
  const results = items.map((item) => {
    const { reference, collected } = sampled.get(item) ?? NOT_SAMPLED;
    return addResult(context, item, shared, { specimen: reference, collected, sequence: sequences.get(item) ?? 1 });
  }).filter((result) => result !== undefined);
  addReport(context, report, { results, sampled: [...sampled.values()], tested: items[0] });
}

const NOT_SAMPLED: Sampled = { reference: undefined, collected: undefined };

interface ReportParts { readonly results: readonly JsonObject[]; readonly sampled: readonly Sampled[]; readonly tested: Item | undefined }

function addReport(context: RecordContext, report: Report, { results, sampled, tested }: ReportParts): void {
  const { header, root } = context;
  const conclusion = reportStatements(root, ELEMENT.conclusion)[0];
  const category = wordsOf(reportStatements(root, ELEMENT.category)[0]);
  const collected = sampled.map((sample) => sample.collected).filter((time) => time !== undefined).sort()[0];
  const time = tested === undefined ? undefined : timeElement(tested);
  context.records.add(defined({
    resourceType: 'DiagnosticReport',
    identifier: [report.identifier],
    basedOn: report.basedOn,
    status: report.status,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB', display: 'Laboratory' }] }],
    code: defined({ coding: [{ system: LOINC, code: '11502-2', display: 'Laboratory report' }], text: category ?? header.title }),
    subject: context.subject,
    encounter: context.encounter,
    effectiveDateTime: collected ?? timeAt(context, childAt(time, 'low')) ?? timeAt(context, time),
    issued: header.issued,
    performer: report.performer,
    resultsInterpreter: report.interpreter,
    specimen: unique(sampled.map(({ reference }) => reference).filter((reference) => reference !== undefined)),
    result: results,
    conclusion: wordsOf(conclusion),
    presentedForm: [presentedForm(context)],
  }), conclusion ?? root, { elements: { effective: time, conclusion: childAt(conclusion, 'value') } });
}
