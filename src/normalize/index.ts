/** Source records to R4 resources. Pure: what was stored before is asked through `lookups`, and answered by the caller. */
export { deriveId, sourceOfUri, sourceUri, type LocalIdentity } from './derive-id.ts';
export { timeMembersOf, type TimeMembers } from './fhir/complete-times.ts';
export { ALIAS_TYPE, type Lookup } from './fhir/link-entries.ts';
export { type Registry } from './fhir/find-targets.ts';
export { type Sender } from './fhir/local-identity.ts';
export { type Fault, faultAt, type MessageKind, type SentMessage } from './fhir/message.ts';
export { normalizeMessage, type NormalizedEntry, type OpenMessage } from './fhir/normalize-message.ts';
export { messageIdOf, readMessage } from './fhir/read-message.ts';
