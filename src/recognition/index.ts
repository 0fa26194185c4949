/** Whether a result may stand in for a new test: the catalogue, the certificates, the rules. */
export { EXAMINATION_SYSTEM, PANEL_SYSTEM } from './catalogue/check-entry.ts';
export type { Priced } from './catalogue/content.ts';
export { districtDay } from './catalogue/days.ts';
export { loadRecognitionFiles } from './catalogue/load-recognition-files.ts';
export { RecognitionFileError } from './catalogue/read-file.ts';
export type { DatedPanel, Ordered, Price, RecognitionTables, RetestReason } from './catalogue/recognition-tables.ts';
export { certificateHolds, isRecalled, markOf, passesRounds, type Reported } from './certificates/mark.ts';
export { type LiveRecognition, liveRecognition } from './live-recognition.ts';
export { recognitionTerms } from './records.ts';
