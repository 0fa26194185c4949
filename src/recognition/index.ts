/** Whether a result may stand in for a new test: the catalogue, the certificates, the rules. */
export { EXAMINATION_SYSTEM, PANEL_SYSTEM } from './catalogue/check-entry.ts';
export type { Priced } from './catalogue/content.ts';
export { districtDay } from './catalogue/days.ts';
export { loadRecognitionFiles } from './catalogue/load-recognition-files.ts';
export { RecognitionFileError } from './catalogue/read-file.ts';
export type { DatedPanel, Ordered, Price, RecognitionTables, RetestReason } from './catalogue/recognition-tables.ts';
export { certificateHolds, isRecalled, markOf, passesRounds, type Reported } from './certificates/mark.ts';
export { registerFileCertificates } from './certificates/register-file-certificates.ts';
export { CLAIM_URL, MARK_URL, withoutStamps } from './certificates/stamp-mark.ts';
export { figuresOfClaims } from './certificates/list-claims.ts';
export { startRecognition } from './start-recognition.ts';
export { type LiveRecognition, liveRecognition } from './live-recognition.ts';
export { recognitionTerms } from './records.ts';
