/** Local codes and units to LOINC and UCUM: pure over the loaded tables; and the workbench in which people change them. */
export { createCodeTables } from './create-code-tables.ts';
export { type LiveCodes, liveCodes } from './live-codes.ts';
export { CodeTableError, loadCodeFiles, loadCodeTables } from './load-code-tables.ts';
export { loincFault } from './loinc.ts';
export { type Gap, mapObservation, type MappedResource } from './map-observation.ts';
export { terminologyTerms } from './records.ts';
export { readClaim } from './mark-claim.ts';
export { jobResource, type MarkCause, markJobOf, type RemapJob } from './remap-job.ts';
export { specimensFor } from './specimens-for.ts';
export { startTerminology } from './start-terminology.ts';
export { type CodeTables, isExact } from './tables.ts';
export { COMMON_VALUE_URL, ITEM_SYSTEM, LOINC_SYSTEM, TAG_SYSTEM } from './systems.ts';
export { isUcum } from './ucum.ts';
export { parseUnmappedTerm, UNMAPPED_TYPE, type UnmappedTerm, unmappedCode, unmappedTerm } from './unmapped.ts';
