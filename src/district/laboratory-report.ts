import { decimal } from '../fhir/json.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { addDays, atMinute } from './calendar.ts';
import type { Laboratory, LocalTest } from './laboratory.ts';
import type { Sample } from './measure.ts';
import { ONLY_OF, type Panel, UNMAPPED } from './orders.ts';
import { type PrintedResult, printResult } from './printed-result.ts';
import { localCode, localIdentifier, type Part, partOf, refer } from './record.ts';
import type { Resident } from './residents.ts';
import type { Visit } from './visits.ts';

/** What every resource of one visit refers to. */
export interface Surroundings {
  readonly resident: Resident;
  readonly visit: Visit;
  readonly organization: Part;
  readonly patient: Part;
  readonly encounter: Part;
  /** Of the encounter; orders and specimens are numbered below it. */
  readonly number: string;
}

const OBSERVATION_CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const SPECIMEN_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0487';
export const SPECIMENS = { blood: ['BLD', '全血'], serum: ['SER', '血清'], plasma: ['PLAS', '血浆'] } as const;

/** Instants at which each step of a laboratory order happens. */
export interface Times { readonly ordered: string; readonly collected: string; readonly received: string; readonly issued: string }

/** Order, specimen, results and report of one panel. */
export function laboratoryParts(panel: Panel, laboratory: Laboratory, sample: Sample, at: Surroundings): readonly Part[] {
  const { visit: { institution }, encounter, patient, organization, number } = at;
  const times = timesOf(at.visit, panel);
  const local = `${number}-${panel.key}`;
  const code = { coding: [localCode(institution, 'panels', { code: panel.key, display: panel.zh })], text: panel.zh };
  const context = { subject: refer(patient), encounter: refer(encounter) };
  const order = partOf(institution, local, {
    resourceType: 'ServiceRequest', identifier: [localIdentifier(institution, 'order', local)], status: 'completed', intent: 'order',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '108252007', display: 'Laboratory procedure' }] }],
    code, ...context, authoredOn: times.ordered, requester: refer(organization),
  });
  const [type, typeText] = SPECIMENS[panel.specimen];
  const specimen = partOf(institution, local, {
    resourceType: 'Specimen', identifier: [localIdentifier(institution, 'specimen', local)], status: 'available',
    type: { coding: [{ system: SPECIMEN_TYPE, code: type }], text: typeText }, subject: refer(patient),
    receivedTime: times.received, request: [refer(order)], collection: { collectedDateTime: times.collected },
  });
  const results = resultsOf(panel, laboratory, at).map((result) =>
    resultPart(result, sample, { ...at, local, times, specimen, order }));
  const report = partOf(institution, local, {
    resourceType: 'DiagnosticReport', identifier: [localIdentifier(institution, 'report', local)], basedOn: [refer(order)], status: statusOf(at.visit),
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB', display: 'Laboratory' }] }],
    code, ...context, effectiveDateTime: times.collected, issued: times.issued, performer: [refer(organization)],
    specimen: [refer(specimen)], result: results.map(refer),
  });
  return results.length === 0 ? [] : [order, specimen, ...results, report];
}

/** Who was seen, and when and where. */
export type Seen = Pick<Surroundings, 'resident' | 'visit'>;

/** A test that the mapping table knows, or one that it does not. */
export type Result = LocalTest | (typeof UNMAPPED.tests)[number];

/** What a laboratory reports of a panel. */
export function resultsOf(panel: Panel, laboratory: Laboratory, { resident, visit }: Seen): readonly Result[] {
  const done = panel.items.filter((item) => (ONLY_OF[item] ?? resident.sex) === resident.sex).map((item) => laboratory.get(item)).filter((test) => test !== undefined);
  const isUnmapped = visit.institution.source === UNMAPPED.source && panel.key === UNMAPPED.panel;
  return isUnmapped ? [...done, ...UNMAPPED.tests] : done;
}

interface ResultContext extends Surroundings { readonly local: string; readonly times: Times; readonly specimen: Part; readonly order: Part }

function resultPart(test: Result, sample: Sample, context: ResultContext): Part {
  const { visit: { institution }, times } = context;
  const local = `${context.local}-${'item' in test ? test.item.replaceAll('_', '') : test.local}`;
  const printed = printedOf(test, sample, context);
  const observation: Resource = {
    resourceType: 'Observation',
    identifier: [localIdentifier(institution, 'result', local)],
    basedOn: [refer(context.order)],
    status: statusOf(context.visit),
    category: [{ coding: [{ system: OBSERVATION_CATEGORY, code: 'laboratory' }] }],
    code: { coding: [localCode(institution, 'codes', { code: test.local, display: test.display })], text: test.display },
    subject: refer(context.patient),
    encounter: refer(context.encounter),
    effectiveDateTime: times.collected,
    issued: times.issued,
    performer: [refer(context.organization)],
    ...valueOf(printed, institution.words.as),
    interpretation: [{ coding: [{ system: INTERPRETATION, code: printed.flag }] }],
    specimen: refer(context.specimen),
    ...rangeOf(printed),
  };
  return partOf(institution, local, observation);
}

/** What the laboratory prints for one result. */
export function printedOf(test: Result, sample: Sample, { resident, visit: { institution } }: Seen): PrintedResult {
  if ('item' in test) return printResult(test, sample, { sex: resident.sex, institution });
  const value = decimal((test.typical * (0.8 + (resident.index % 9) / 20)).toFixed(test.decimals));
  return { kind: 'quantity', value, below: false, unit: test.unit, low: undefined, high: undefined, flag: 'N' };
}

function valueOf(printed: PrintedResult, wordsAs: 'valueString' | 'valueCodeableConcept'): JsonObject {
  if (printed.kind === 'words') return wordsAs === 'valueString' ? { valueString: printed.words } : { valueCodeableConcept: { text: printed.words } };
  return { valueQuantity: { value: printed.value, ...(printed.below ? { comparator: '<' } : {}), unit: printed.unit } };
}

function rangeOf(printed: PrintedResult): JsonObject {
  if (printed.kind === 'words' || (printed.low === undefined && printed.high === undefined)) return {};
  const limit = (name: string, value: PrintedLimit): JsonObject => (value === undefined ? {} : { [name]: { value, unit: printed.unit } });
  return { referenceRange: [{ ...limit('low', printed.low), ...limit('high', printed.high) }] };
}
type PrintedLimit = Extract<PrintedResult, { kind: 'quantity' }>['low'];

function statusOf({ isCorrection }: Visit): string {
  return isCorrection ? 'corrected' : 'final';
}

/** Blood is taken in the morning; a panel takes one to three hours, and a correction comes a day later. */
export function timesOf({ day, number, isCorrection }: Visit, panel: Panel): Times {
  const collected = 8 * 60 + 12 + (number * 7) % 30;
  const minutes = collected + 60 + panel.items.length * 5;
  return { ordered: atMinute(day, collected - 9), collected: atMinute(day, collected), received: atMinute(day, collected + 25), issued: atMinute(isCorrection ? addDays(day, 1) : day, minutes) };
}
