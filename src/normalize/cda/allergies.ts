import type { JsonObject } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { ownSystem } from './context.ts';
import { dataElementOf, ELEMENT, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import { allSectionsOf } from './sections.ts';

const HISTORY: ReadonlySet<string> = new Set([ELEMENT.allergyHistory, ELEMENT.allergyHistoryOther]);
/**
 * The words of a denial: a text of nothing else denies. Whatever else a text says is kept word for word, also beside a
 * denial, since to miss an allergy is worse than to show one that is denied. Taken out one by one: as one repeated pattern
 * they could be tried in more ways than there is time for.
 */
const DENYING = /否认|无|没有|未发现|未见|暂无|不详|有|既往|明确|明显|已知|特殊|其他|其它|药物|食物|药|接触物|过敏史|过敏|史|记录|及|、|和|或|等|，|,|；|;|。|\.|\s/g;

/** What a document tells of allergies: in words, or as a substance. */
export function addAllergies(context: RecordContext): void {
  for (const section of allSectionsOf(context.root)) {
    for (const observation of childrenOf(section, 'entry').flatMap(statementsIn)) {
      if (HISTORY.has(dataElementOf(observation) ?? '')) addAllergy(context, observation, toldIn(wordsOf(observation)));
      for (const substance of substancesOf(observation)) addAllergy(context, observation, substanceOf(substance));
    }
  }
}

function addAllergy(context: RecordContext, observation: XmlElement, code: JsonObject | undefined): void {
  if (code === undefined) return;
  // An allergy is of the person and not of a visit: the next document that tells of it means the same one.
  const value = `${context.patient}/${calledBy(code)}`;
  const system = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-';
  context.records.add(defined({
    resourceType: 'AllergyIntolerance',
    identifier: [{ system: ownSystem(context, 'allergy'), value }],
    clinicalStatus: { coding: [{ system: `${system}clinical`, code: 'active' }] },
    verificationStatus: { coding: [{ system: `${system}verification`, code: 'unconfirmed' }] },
    code,
    patient: context.subject,
    encounter: context.encounter,
    recordedDate: context.header.createdAt,
  }), observation, { elements: { code: childAt(observation, 'value') } });
}

function substancesOf(observation: XmlElement): readonly (XmlElement | undefined)[] {
  const consumed = childrenOf(observation, 'participant').filter((participant) => attributeOf(participant, 'typeCode') === 'CSM');
  return consumed.map((participant) => childAt(participant, 'participantRole', 'playingEntity'));
}

function calledBy(code: JsonObject): string {
  const [coding] = isList(code['coding']) ? code['coding'].filter(isObject) : [];
  return textOf(coding?.['code']) || textOf(code['text']);
}

function toldIn(words: string | undefined): JsonObject | undefined {
  return words === undefined || words.replace(DENYING, '') === '' ? undefined : { text: words };
}

/** The template puts the data element into the code of the substance, and what it is into its description. */
function substanceOf(entity: XmlElement | undefined): JsonObject | undefined {
  const told = toldIn(textIn(childAt(entity, 'desc')) ?? textIn(childAt(entity, 'name')));
  const code = childAt(entity, 'code');
  const concept = HISTORY.has(attributeOf(code, 'code') ?? '') ? undefined : conceptOf(code);
  return concept ?? told;
}
