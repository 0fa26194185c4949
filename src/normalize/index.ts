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
export { readFhir } from './fhir/read-fhir.ts';
