import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { Circumstance } from '../rules/catalogue-item.ts';
import { CIRCUMSTANCES } from '../rules/catalogue-item.ts';
import type { Coding } from './elements.ts';
import { codingsOf, nonEmpty, objectsOf, wordsOf } from './elements.ts';
import { contrastOf, sideOf } from './sides.ts';

/** Extension of a ServiceRequest: a circumstance in which some items are never taken over. */
export const CIRCUMSTANCE_URL = 'https://bund.example/StructureDefinition/circumstance';

/** What an order says of what it asks for. */
export interface ReadOrder {
  readonly codings: readonly Coding[];
  /** As the EMR calls it, to be shown. */
  readonly name: string;
  readonly specimen: string | undefined;
  readonly bodySite: string | undefined;
  readonly laterality: string | undefined;
  readonly contrast: 'with' | 'without' | undefined;
  readonly circumstances: readonly Circumstance[];
}

/** What came beside an order: in its Bundle, or contained in it. */
export interface BesideOrder {
  /** By `Specimen/s1`, or `#s1`. */
  readonly resources: ReadonlyMap<string, JsonObject>;
  readonly encounter: JsonObject | undefined;
}

/** How a circumstance is told in words. Only what is certain: an order that merely might be one is an ordinary one. */
const WORDS: readonly (readonly [word: RegExp, circumstance: Circumstance])[] = [
  [/急诊|急救|抢救/, 'emergency'], [/术前|手术前|pre-?operative/i, 'pre-operative'], [/输血|transfusion/i, 'transfusion'],
  [/胸痛|chest pain/i, 'chest-pain'], [/司法|伤残鉴定|forensic/i, 'forensic'],
];
/** SNOMED CT: chest pain, preoperative state, transfusion of blood product. */
const CODES: ReadonlyMap<string, Circumstance> = new Map([['29857009', 'chest-pain'], ['262068006', 'pre-operative'], ['116859006', 'transfusion']]);
const URGENT: ReadonlySet<string> = new Set(['stat', 'asap']);

/**
 * Reads a ServiceRequest, drafted or stored. Whatever it leaves out is not asked for.
 *
 * @param beside specimens, and the encounter in which is ordered
 */
export function readOrder(order: JsonObject, { resources, encounter }: BesideOrder, tables: Pick<RecognitionTables, 'specimenClass' | 'bodySite'>): ReadOrder {
  const { code, bodySite, orderDetail } = order;
  const codings = codingsOf(code);
  return {
    codings,
    name: nonEmpty(textOf(isObject(code) ? code['text'] : undefined)) ?? codings.map(({ display }) => nonEmpty(display)).find((name) => name !== undefined) ?? codings[0]?.code ?? '',
    specimen: specimenOf(order, resources, tables),
    bodySite: objectsOf(bodySite).map((concept) => tables.bodySite(concept)).find((site) => site !== undefined),
    laterality: sideOf(bodySite, orderDetail, code),
    contrast: contrastOf(orderDetail, code),
    circumstances: circumstancesOf(order, encounter),
  };
}

function specimenOf({ specimen }: JsonObject, resources: BesideOrder['resources'], { specimenClass }: Pick<RecognitionTables, 'specimenClass'>): string | undefined {
  const types = objectsOf(specimen).map(({ reference }) => resources.get(textOf(reference))?.['type']);
  return types.map((type) => specimenClass(type)).find((found) => found !== undefined);
}

function circumstancesOf({ priority, reasonCode, extension }: JsonObject, encounter: JsonObject | undefined): readonly Circumstance[] {
  const found = new Set<Circumstance>(saidIn(reasonCode));
  if (URGENT.has(textOf(priority)) || isEmergency(encounter)) found.add('emergency');
  for (const { url, valueCode } of objectsOf(extension)) {
    const told = url === CIRCUMSTANCE_URL ? CIRCUMSTANCES.find((one) => one === valueCode) : undefined;
    if (told !== undefined) found.add(told);
  }
  return CIRCUMSTANCES.filter((circumstance) => found.has(circumstance));
}

function saidIn(reasonCode: JsonValue | undefined): readonly Circumstance[] {
  const coded = codingsOf(reasonCode).flatMap(({ code }) => CODES.get(code) ?? []);
  const words = wordsOf(reasonCode);
  return [...coded, ...WORDS.filter(([word]) => word.test(words)).map(([, circumstance]) => circumstance)];
}

/** @see https://terminology.hl7.org/ValueSet-v3-ActEncounterCode.html */
function isEmergency(encounter: JsonObject | undefined): boolean {
  return isObject(encounter?.['class']) && encounter['class']['code'] === 'EMER';
}

/** The resources that a resource contains, by the fragment that names them. */
export function containedIn({ contained }: Resource | JsonObject): readonly (readonly [reference: string, resource: JsonObject])[] {
  return objectsOf(contained).map((resource) => [`#${textOf(resource['id'])}`, resource] as const);
}
