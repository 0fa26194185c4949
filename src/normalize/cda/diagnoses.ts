import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, periodAt } from './context.ts';
import { dataElementOf, ELEMENT, labelOf, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf } from './element.ts';
import { allSectionsOf, sectionCode } from './sections.ts';

/** On what occasion a diagnosis was made: it is part of its identity, so that a later message about another occasion changes nothing. */
export type Occasion = 'report' | 'visit' | 'admission' | 'discharge';

/** A diagnosis as a code, a name or both; traditional medicine has disease and syndrome under one data element. */
interface Diagnosis { readonly kind: 'western' | 'traditional'; code?: XmlElement; name?: XmlElement; outcome?: XmlElement }

const CODES: ReadonlyMap<string, Diagnosis['kind']> = new Map([[ELEMENT.diagnosisCode, 'western'], [ELEMENT.traditionalCode, 'traditional']]);
const NAMES: ReadonlyMap<string, Diagnosis['kind']> = new Map([[ELEMENT.diagnosisName, 'western'], [ELEMENT.traditionalName, 'traditional']]);
const BY_SECTION: ReadonlyMap<string, Occasion> = new Map([['46241-6', 'admission'], ['11535-2', 'discharge']]);

const CONFIRMED = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }] };
const ENCOUNTER_DIAGNOSIS = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'encounter-diagnosis' }] };

/** Adds the diagnoses of all sections, each once. @param occasion of those in sections that do not tell it */
export function addDiagnoses(context: RecordContext, occasion: Occasion): void {
  for (const section of allSectionsOf(context.root)) {
    const of = BY_SECTION.get(sectionCode(section)) ?? occasion;
    for (const diagnosis of diagnosesIn(section)) addDiagnosis(context, diagnosis, of);
  }
}

function addDiagnosis(context: RecordContext, { code, name, outcome, kind }: Diagnosis, occasion: Occasion): void {
  const statement = code ?? name;
  const concept = code === undefined ? undefined : conceptOf(childAt(code, 'value'));
  const text = wordsOf(name) ?? (typeof concept?.['text'] === 'string' ? concept['text'] : undefined);
  const called = wordsOfCode(code) ?? wordsOf(name);
  if (statement === undefined || called === undefined) return;
  const value = `${context.visit}/${occasion}/${called}`;
  const { start } = periodAt(context, childAt(statement, 'effectiveTime'));
  const fate = outcome === undefined ? undefined : wordsOfOutcome(outcome);
  context.records.add(defined({
    resourceType: 'Condition',
    identifier: [{ system: ownSystem(context, 'condition'), value }],
    verificationStatus: occasion === 'discharge' ? CONFIRMED : undefined,
    category: [{ ...ENCOUNTER_DIAGNOSIS, text: labelOf(statement) ?? (kind === 'traditional' ? '中医诊断' : '诊断') }],
    code: defined({ ...concept, text }),
    subject: context.subject,
    encounter: context.encounter,
    recordedDate: start,
    note: fate === undefined ? [] : [{ text: fate }],
  }), statement, { elements: { code: childAt(code ?? name, 'value'), recordedDate: childAt(statement, 'effectiveTime') } });
}

function wordsOfCode(code: XmlElement | undefined): string | undefined {
  const value = childAt(code, 'value');
  return value === undefined || conceptOf(value) === undefined ? undefined : attributeOf(value, 'code') ?? wordsOf(code);
}

function wordsOfOutcome(outcome: XmlElement): string | undefined {
  const words = attributeOf(childAt(outcome, 'value'), 'displayName') ?? wordsOf(outcome);
  return words === undefined ? undefined : `${labelOf(outcome) ?? '病情转归'}：${words}`;
}

/** Name and code of one diagnosis come in one observation, in one organizer or as neighbours, in either order. */
function diagnosesIn(section: XmlElement): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  for (const observation of childrenOf(section, 'entry').flatMap(statementsIn)) {
    const element = dataElementOf(observation) ?? '';
    const [asCode, asName] = [CODES.get(element), NAMES.get(element)];
    const last = found.at(-1);
    if (asCode !== undefined) {
      if (last?.kind === asCode && last.code === undefined) last.code = observation;
      else found.push({ kind: asCode, code: observation });
    } else if (asName !== undefined) {
      if (last?.kind === asName && last.name === undefined && isNamed(last.code, wordsOf(observation))) last.name = observation;
      else found.push({ kind: asName, name: observation });
    } else if (element === ELEMENT.outcome && last !== undefined) {
      last.outcome ??= observation;
    }
  }
  return found;
}

/** A code that has another name already does not take a second one. */
function isNamed(code: XmlElement | undefined, name: string | undefined): boolean {
  const display = attributeOf(childAt(code, 'value'), 'displayName');
  return display === undefined || display === name;
}
