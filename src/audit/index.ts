/** The trace: an AuditEvent for every access, chained, signed and proved. */
export { actionOf, type Event } from './event.ts';
export { theExchange } from './exchange.ts';
export { headsFile } from './head-file.ts';
export { headLines } from './head-lines.ts';
export { recordTrace, traceChange, traceChanges } from './record-trace.ts';
export { type Signing, startSigning } from './signing.ts';
export { BREAK_GLASS_POLICY, SOURCE_SYSTEM, SUBJECT_SYSTEM, type Trace, traceOf } from './trace.ts';
export { type AuditReport, type AuditSource, verifyAudit } from './verify-audit.ts';
