import { addAllergies } from './allergies.ts';
import type { RecordContext } from './context.ts';
import { periodAt } from './context.ts';
import { createCounter } from './counter.ts';
import { dataElementOf, ELEMENT, statementsIn } from './data-elements.ts';
import { addDiagnoses } from './diagnoses.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf } from './element.ts';
import { addFinding } from './findings.ts';
import { itemsOf } from './items.ts';
import type { Item } from './items.ts';
import { addMedications } from './medications.ts';
import { addProcedures } from './procedures.ts';
import { ownOrganization } from './people.ts';
import { addResult, localCodes, sequenceOf, timeElement } from './results.ts';
import { allSectionsOf, DIAGNOSIS_SECTIONS, sectionCode } from './sections.ts';
import { addSpecimens } from './specimens.ts';

const VITAL_SIGNS = '8716-3';
const STUDIES = '30954-2';
const MEASURED: ReadonlySet<string> = new Set(['PQ', 'REAL', 'INT']);
/** Stated as a quantity, and tells of the visit instead of the patient. */
const OF_VISIT: ReadonlySet<string> = new Set([ELEMENT.daysInHospital]);

/** WS/T 500.1, 500.2 and 500.53: what is structured in a record of a whole visit; its words stand in the Composition. */
export function addSummary(context: RecordContext): void {
  addDiagnoses(context, 'visit');
  addAllergies(context);
  addMedications(context);
  addProcedures(context);
  const count = createCounter();
  const items: Item[] = [];
  for (const section of allSectionsOf(context.root)) {
    const inSection = DIAGNOSIS_SECTIONS.has(sectionCode(section)) ? [] : itemsOf(section).filter((item) => item.isCodedByItem || item.code !== undefined);
    items.push(...inSection);
    const told = new Set(inSection.flatMap((item) => item.statements));
    for (const observation of childrenOf(section, 'entry').flatMap(statementsIn)) {
      if (told.has(observation) || !isMeasured(observation, section)) continue;
      addFinding(context, observation, {
        of: context.header.identifier.value, category: sectionCode(section) === VITAL_SIGNS ? 'vital-signs' : undefined, status: 'final', sequence: count(dataElementOf(observation) ?? ''),
      });
    }
  }
  addTested(context, items);
}

/** A quantity, or in the sections of studies and vital signs also a code, as a blood group is. */
function isMeasured(observation: XmlElement, section: XmlElement): boolean {
  const element = dataElementOf(observation);
  const value = childAt(observation, 'value');
  if (element === undefined || value === undefined || OF_VISIT.has(element)) return false;
  const type = value.type ?? '';
  if (MEASURED.has(type)) return attributeOf(value, 'value') !== undefined;
  return type === 'CD' && attributeOf(value, 'code') !== undefined && (sectionCode(section) === STUDIES || sectionCode(section) === VITAL_SIGNS);
}

/** Results that a summary repeats: laboratory results only where it says when they were tested, since without that nobody may rely on them. */
function addTested(context: RecordContext, items: readonly Item[]): void {
  const report = context.header.identifier.value;
  const sampled = addSpecimens(context, items, { report, number: undefined, request: [], stated: {} });
  const sequences = sequenceOf(items);
  for (const item of items) {
    const { reference, collected } = sampled.get(item) ?? { reference: undefined, collected: undefined };
    const isDated = collected !== undefined || periodAt(context, timeElement(item)).start !== undefined;
    const section = sectionCodeOf(item);
    addResult(context, item, {
      report, status: 'final', codeSystem: localCodes(context), basedOn: [], performer: [ownOrganization(context.sender)], issued: undefined, note: undefined,
      category: section === VITAL_SIGNS ? 'vital-signs' : section === STUDIES && isDated ? 'laboratory' : undefined,
    }, { specimen: reference, collected, sequence: sequences.get(item) ?? 1 });
  }
}

function sectionCodeOf({ statements: [first] }: Item): string {
  let element: XmlElement | undefined = first;
  while (element !== undefined && element.name !== 'section') element = element.parent;
  return element === undefined ? '' : sectionCode(element);
}
