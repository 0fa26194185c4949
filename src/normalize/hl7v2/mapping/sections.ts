import type { JsonObject } from '../../../fhir/resource.ts';
import { tableCoding } from '../datatypes/element.ts';
import type { Segment } from '../segment.ts';

const CATEGORIES = 'http://terminology.hl7.org/CodeSystem/observation-category';

/** Diagnostic services of table 0074. @see https://terminology.hl7.org/CodeSystem-v2-0074.html */
const LABORATORY: ReadonlySet<string> = new Set('LAB BG BLB CG CH CP CY GE HM IMM MB MCB MYC PAR SP SR TX VR'.split(' '));
const IMAGING: ReadonlySet<string> = new Set('RAD RX CT NMR NMS RUS CUS OUS VUS XRC IMG'.split(' '));
const PROCEDURES: ReadonlySet<string> = new Set('CTH EC EN'.split(' '));
const OTHERS: ReadonlySet<string> = new Set('AU ICU NRS OSL OTH OT PAT PF PHR PHY PT RC RT'.split(' '));

/** LOINC of what is measured at the bedside. @see https://hl7.org/fhir/R4/observation-vitalsigns.html */
const VITAL_SIGNS: ReadonlySet<string> = new Set('85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8302-2 9843-4 29463-7 39156-5 85354-9 8480-6 8462-4'.split(' '));

/** The kind of service that a report comes from. */
export interface Section {
  readonly code: string;
  readonly isLaboratory: boolean;
  readonly isImaging: boolean;
}

/**
 * @param code OBR-24, which many senders leave empty or misuse
 * @param isMeasured the order has a specimen, or results with unit or reference range
 */
export function sectionOf(code: string, isMeasured: boolean): Section {
  const isKnown = LABORATORY.has(code) || IMAGING.has(code) || PROCEDURES.has(code) || OTHERS.has(code);
  return { code, isLaboratory: LABORATORY.has(code) || (!isKnown && isMeasured), isImaging: IMAGING.has(code) };
}

/** Categories of a report or order: the service, and for any part of the laboratory, the laboratory. */
export function serviceCategories({ code, isLaboratory, isImaging }: Section): readonly JsonObject[] {
  const isKnown = isImaging || LABORATORY.has(code) || PROCEDURES.has(code) || OTHERS.has(code);
  const own = code === '' || code === 'LAB' ? [] : [isKnown ? { coding: [tableCoding('0074', code)] } : { text: code }];
  return isLaboratory ? [{ coding: [tableCoding('0074', 'LAB')] }, ...own] : code === 'LAB' ? [] : own;
}

/** Category of a result. @param loinc its code where it is one of LOINC */
export function resultCategory(section: Section | undefined, loinc: string | undefined): readonly JsonObject[] {
  const code = categoryOf(section, loinc);
  return code === undefined ? [] : [{ coding: [{ system: CATEGORIES, code }] }];
}

function categoryOf(section: Section | undefined, loinc: string | undefined): string | undefined {
  if (section?.isLaboratory === true) return 'laboratory';
  if (section?.isImaging === true) return 'imaging';
  if (loinc !== undefined && VITAL_SIGNS.has(loinc)) return 'vital-signs';
  return section !== undefined && PROCEDURES.has(section.code) ? 'procedure' : undefined;
}

/** Units of what is measured at the bedside. */
const BEDSIDE_UNITS: ReadonlySet<string> = new Set(['bpm', '/min', 'beats/min', '次/分', 'mmHg', 'mm[Hg]', '℃', 'Cel', 'cm', 'kg', 'kg/m2']);
const MEASURED: ReadonlySet<string> = new Set(['NM', 'SN', 'ST']);

/** True for results that a laboratory is likely to have measured: with unit or reference range, and not only at the bedside. */
export function isMeasurement(observations: readonly Segment[]): boolean {
  const measured = observations.filter((obx) => MEASURED.has(obx.text(2)) && (obx.text(6) !== '' || obx.text(7) !== ''));
  return measured.some((obx) => !VITAL_SIGNS.has(obx.text(3)) && !BEDSIDE_UNITS.has(obx.text(6)));
}
