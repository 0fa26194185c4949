/** Local codes and units to LOINC and UCUM. Pure over the loaded tables. */
export { createCodeTables } from './create-code-tables.ts';
export { CodeTableError, loadCodeFiles, loadCodeTables } from './load-code-tables.ts';
export { type Gap, mapObservation, type MappedResource } from './map-observation.ts';
export type { CodeTables } from './tables.ts';
export { COMMON_VALUE_URL, ITEM_SYSTEM } from './systems.ts';
export { isUcum } from './ucum.ts';
export { parseUnmappedTerm, UNMAPPED_TYPE, type UnmappedTerm, unmappedCode, unmappedTerm } from './unmapped.ts';
