import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem, timeOrPeriod } from './context.ts';
import { createCounter } from './counter.ts';
import { dataElementOf, ELEMENT, findStatement, labelOf, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import { allSectionsOf } from './sections.ts';
import { quantityIn } from './values.ts';

interface Told {
  readonly from: XmlElement;
  readonly medication: JsonObject;
  readonly called: string;
  readonly dosage: JsonObject;
  readonly effective: JsonObject;
  readonly note: string | undefined;
}

/** Drugs that a document says the patient was given or takes. Whether they are still taken it does not say. */
export function addMedications(context: RecordContext): void {
  const count = createCounter();
  const entries = allSectionsOf(context.root).flatMap((section) => childrenOf(section, 'entry'));
  const told = entries.flatMap((entry) => [
    ...childrenOf(entry, 'substanceAdministration').map((administration) => administered(context, administration)),
    ...statementsIn(entry).filter((observation) => dataElementOf(observation) === ELEMENT.medication).map(stated),
  ]);
  for (const one of told) {
    if (one === undefined) continue;
    context.records.add(defined({
      resourceType: 'MedicationStatement',
      identifier: [{ system: ownSystem(context, 'medication'), value: `${context.visit}/${one.called}/${count(one.called)}` }],
      status: 'unknown',
      medicationCodeableConcept: one.medication,
      subject: context.subject,
      context: context.encounter,
      ...one.effective,
      dateAsserted: context.header.createdAt,
      dosage: Object.keys(one.dosage).length === 0 ? [] : [one.dosage],
      note: one.note === undefined ? [] : [{ text: one.note }],
    }), one.from);
  }
}

function administered(context: RecordContext, administration: XmlElement): Told | undefined {
  const product = childAt(administration, 'consumable', 'manufacturedProduct');
  const drug = childAt(product, 'manufacturedLabeledDrug') ?? childAt(product, 'manufacturedMaterial');
  const name = textIn(childAt(drug, 'name'));
  const concept = conceptOf(childAt(drug, 'code'));
  const called = attributeOf(childAt(drug, 'code'), 'code') ?? name;
  if (called === undefined) return undefined;
  const dose = quantityIn(childAt(administration, 'doseQuantity'));
  const dosage = defined({
    text: textIn(childAt(administration, 'text')), route: conceptOf(childAt(administration, 'routeCode')), doseAndRate: dose === undefined ? [] : [{ doseQuantity: dose }],
  });
  const effective = timeOrPeriod(context, 'effective', childAt(administration, 'effectiveTime'));
  return { from: administration, called, dosage, medication: defined({ ...concept, text: name ?? concept?.['text'] }), effective, note: undefined };
}

/** 关键药物: name, use and adverse reactions in words. */
function stated(observation: XmlElement): Told | undefined {
  const called = wordsOf(observation);
  if (called === undefined) return undefined;
  const use = wordsOf(findStatement(observation, ELEMENT.medicationUse));
  const reaction = findStatement(observation, ELEMENT.adverseReaction);
  const words = wordsOf(reaction);
  return {
    from: observation, called, medication: { text: called }, dosage: use === undefined ? {} : { text: use }, effective: {},
    note: words === undefined || reaction === undefined ? undefined : `${labelOf(reaction) ?? '药物不良反应'}：${words}`,
  };
}
