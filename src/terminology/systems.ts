/** Standard items of the district's catalogue. */
export const ITEM_SYSTEM = 'https://bund.example/CodeSystem/item';
export const LOINC_SYSTEM = 'http://loinc.org';
export const UCUM_SYSTEM = 'http://unitsofmeasure.org';
/** Steps of results in words, the exchange's own. */
export const ORDINAL_SYSTEM = 'https://bund.example/CodeSystem/ordinal';
/** Extension of HL7 on a Quantity that was printed as text. @see https://hl7.org/fhir/R4/extension-originaltext.html */
export const ORIGINAL_TEXT_URL = 'http://hl7.org/fhir/StructureDefinition/originalText';
/** Marks that the exchange sets in `meta.tag`. */
export const TAG_SYSTEM = 'https://bund.example/CodeSystem/tag';
/** Extension of a Quantity: the same value in the unit in which results of all institutions are compared. */
export const COMMON_VALUE_URL = 'https://bund.example/StructureDefinition/common-value';

/** `unmapped-…`: no table knows the code or the unit. `inexact-code`: the standard item is near, and must not feed mutual recognition. */
export type MappingTag = 'unmapped-code' | 'unmapped-unit' | 'inexact-code';
