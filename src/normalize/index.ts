/** Source records to R4 resources. Pure: what was stored before is asked through `lookups`, and answered by the caller. */
export { deriveId, sourceOfUri, sourceUri, type LocalIdentity } from './derive-id.ts';
export { timeMembersOf, type TimeMembers } from './complete-times.ts';
export { ALIAS_TYPE, type Lookup } from './link-entries.ts';
export { type Registry } from './find-targets.ts';
export { type Sender } from './local-identity.ts';
export { type Contribution, type Fault, faultAt, faultIn, type MessageKind, type Origin, type ReadableMessage, type SentEntry, type SentMessage, UnreadableMessage, withOrigin } from './message.ts';
export { normalizeMessage, type NormalizedEntry, type OpenMessage } from './normalize-message.ts';
export { compareStamps, type Fact, type Facts, mergeContribution, type Merged, type Stamp } from './contribution.ts';
export { type ElementOrder, elementOrderOf } from './element-order.ts';
export { acknowledge, type AcknowledgedError, type V2Answer } from './hl7v2/acknowledge.ts';
export { acknowledgementMode, isAcknowledgementDue } from './hl7v2/acknowledgement-mode.ts';
export { charsetOf } from './hl7v2/charset.ts';
export type { Hl7v2Conventions } from './hl7v2/conventions.ts';
export { readHeader } from './hl7v2/header.ts';
export { readHl7v2 } from './hl7v2/read-hl7v2.ts';
export { type Segment } from './hl7v2/segment.ts';
export { splitBatch } from './hl7v2/split-batch.ts';
export { readFhir } from './fhir/read-fhir.ts';
