import { decimal, isNumeric, numeralOf } from '../fhir/json.ts';
import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { textOf } from '../fhir/resource.ts';
import type { Concentration } from './concentration.ts';
import { concentrationOf, powerBetween, scaled } from './concentration.ts';
import { convertDecimal } from './convert-decimal.ts';
import { CONVENTIONAL_UNITS, normalizeUnit } from './normalize-unit.ts';
import { COMMON_VALUE_URL, UCUM_SYSTEM } from './systems.ts';
import type { CatalogueItem, CodeTables, SourceTable } from './tables.ts';
import type { IsUcum } from './ucum.ts';

/** An item as measured in one unit: the LOINC that fits it, where the catalogue has one, and the factor to the item's own unit. */
export interface Measure { readonly loinc: string | undefined; readonly ucum: string; readonly factor: number }

export interface UnitTables { readonly tables: CodeTables; readonly source: SourceTable | undefined; readonly isUcum: IsUcum }

/** A unit that is understood, and the version of the row of the source's table that explains it, where one does. */
export interface Unit { readonly ucum: string; readonly version: string | undefined }

/** More than any molar mass is known to. */
const FIGURES = 9;

const NO_UNIT: Unit = { ucum: '', version: undefined };

/**
 * UCUM code of a Quantity: its own if it says UCUM and is right, else what the source's table makes of its unit, else a
 * conventional spelling. Free text is believed only if some table names the unit, or convention does, or it is an
 * amount in a volume: `M` and `H` are UCUM too.
 *
 * @returns `ucum: ''` for a Quantity without unit, undefined for a unit that nobody knows
 */
export function unitOf(quantity: JsonObject, { tables, source, isUcum }: UnitTables): Unit | undefined {
  const code = textOf(quantity['code']);
  const text = textOf(quantity['unit']) || code;
  if (quantity['system'] === UCUM_SYSTEM && code !== '') {
    if (tables.knownUnits.has(code) || isUcum(code)) return { ucum: code, version: undefined };
    return byText(code, tables, source) ?? byText(text, tables, source);
  }
  return text === '' ? NO_UNIT : byText(text, tables, source);
}

function byText(text: string, tables: CodeTables, source: SourceTable | undefined): Unit | undefined {
  const sent = source?.units.get(text);
  if (sent !== undefined) return sent;
  const normal = normalizeUnit(text);
  return source?.units.get(normal) ?? (tables.knownUnits.has(normal) || CONVENTIONAL_UNITS.has(normal) || concentrationOf(normal) !== undefined ? { ucum: normal, version: undefined } : undefined);
}

/**
 * How an item was measured. LOINC is chosen by unit, not by name; where one unit fits several LOINC (urea and urea
 * nitrogen in mg/dL) the source's own mapping decides. A unit that the catalogue does not list is converted where it differs
 * from one that it does by a power of ten, or by the molar mass of the item.
 *
 * @param loinc of the source's table, or as sent
 * @returns undefined where the unit does not fit the item: FEU and DDU, mass and arbitrary units are never converted
 */
export function measureOf(item: CatalogueItem, ucum: string, loinc: string | undefined): Measure | undefined {
  const own = { loinc: item.loinc, ucum: item.unit, factor: 1 };
  const known: readonly Measure[] = [own, ...item.twins.map((twin) => ({ loinc: twin.loinc, ucum: twin.unit, factor: twin.factor }))];
  const unit = impliedUnit(item, ucum);
  const fitting = known.filter((measure) => measure.ucum === unit);
  return chosen(fitting, own, loinc) ?? (fitting.length === 0 ? convertedMeasure(item, unit, { own, known, loinc }) : undefined);
}

function chosen(fitting: readonly Measure[], own: Measure, loinc: string | undefined): Measure | undefined {
  const exact = fitting.find((measure) => measure.loinc === loinc);
  return exact ?? (fitting.length === 1 || fitting[0] === own ? fitting[0] : undefined);
}

interface Known { readonly own: Measure; readonly known: readonly Measure[]; readonly loinc: string | undefined }

function convertedMeasure(item: CatalogueItem, ucum: string, { own, known, loinc }: Known): Measure | undefined {
  const sent = concentrationOf(ucum);
  if (sent === undefined) return undefined;
  const powers = known.map((measure) => ({ measure, power: powerTo(sent, measure.ucum) })).filter((one) => one.power !== undefined);
  const nearest = chosen(powers.map(({ measure }) => measure), own, loinc);
  if (nearest !== undefined) return { loinc: nearest.loinc, ucum, factor: scaled(nearest.factor, powers.find(({ measure }) => measure === nearest)?.power ?? 0) };
  return powers.length === 0 ? byMolarMass(item, sent, ucum) : undefined;
}

function powerTo(sent: Concentration, ucum: string): number | undefined {
  const known = concentrationOf(ucum);
  return known === undefined ? undefined : powerBetween(sent, known);
}

/** Grams of an item that is counted in moles. The catalogue has no LOINC for it: else it would have a twin. */
function byMolarMass({ unit, molarMass }: CatalogueItem, sent: Concentration, ucum: string): Measure | undefined {
  const own = concentrationOf(unit);
  if (molarMass === undefined || own?.base !== 'mol' || sent.base !== 'g' || sent.annotation !== own.annotation) return undefined;
  return { loinc: undefined, ucum, factor: scaled(Number((1 / molarMass).toPrecision(FIGURES)), sent.exponent - own.exponent) };
}

/** Enzyme activity in IU/L is U/L, and a ratio such as INR is often sent without its unit. */
function impliedUnit(item: CatalogueItem, ucum: string): string {
  if (ucum === '[IU]/L' && item.unit === 'U/L') return 'U/L';
  return ucum === '' && /^\{[^{}]+\}$/.test(item.unit) ? item.unit : ucum;
}

/** Whether a Quantity as sent says nothing in codes of its unit, so that the code is added. */
export function isUncoded(quantity: JsonObject, measure: Measure): boolean {
  return measure.ucum !== '' && quantity['system'] === undefined && quantity['code'] === undefined;
}

/**
 * A Quantity as sent, with its UCUM code added where it had none, and with the value in the item's unit beside it, as an
 * extension, where that differs.
 */
export function withCommonValue(quantity: JsonObject, measure: Measure, unit: string): JsonObject {
  if (measure.ucum === '') return quantity;
  const coded = isUncoded(quantity, measure) ? { ...quantity, system: UCUM_SYSTEM, code: measure.ucum } : quantity;
  const isCommon = measure.ucum === unit && coded['system'] === UCUM_SYSTEM && coded['code'] === unit;
  return isCommon ? coded : withExtension(coded, commonValue(quantity, measure.factor, unit));
}

function commonValue(quantity: JsonObject, factor: number, unit: string): JsonObject | undefined {
  const numeral = isNumeric(quantity['value']) ? convertDecimal(numeralOf(quantity['value']), factor) : undefined;
  if (numeral === undefined) return undefined;
  const comparator = quantity['comparator'] === undefined ? {} : { comparator: quantity['comparator'] };
  return { value: decimal(numeral), ...comparator, unit, system: UCUM_SYSTEM, code: unit };
}

function withExtension(quantity: JsonObject, value: JsonObject | undefined): JsonObject {
  if (value === undefined) return quantity;
  const others: readonly JsonValue[] = Array.isArray(quantity['extension']) ? quantity['extension'] : [];
  return { ...quantity, extension: [...others, { url: COMMON_VALUE_URL, valueQuantity: value }] };
}
