import type { Clause } from '../fhir/search/query.ts';
import type { Caller, Role } from './caller.ts';
import type { PatientBinding } from './patient-binding.ts';
import { REFERENCE_TYPES, staysWithinReach, staysWithinTraces, typesReached } from './reach.ts';
import type { AccessRequest, Action, Permit } from './request.ts';
import { missingScope, parseScopes, type ScopeContext } from './scopes.ts';

/** What the rule must know about the target and cannot read from the request. */
export interface Facts {
  /** Whether resources of the type are about patients, and whether one of them can be about several. */
  readonly binding: PatientBinding;
  /** Every named patient exists and is known at the caller's facility; false when none was found. */
  readonly isKnownAtFacility: boolean;
  /** All Patients of the one person that the request names; empty when a search names one whom nobody knows; undefined when it names none or several. */
  readonly person: readonly string[] | undefined;
}

/** A resource about patients whom the caller may see. */
export const CARE_RELATION: Facts = { binding: 'one', isKnownAtFacility: true, person: undefined };
export const NO_FACTS: Facts = { binding: 'none', isKnownAtFacility: false, person: undefined };

export type Decision = { readonly permitted: true; readonly permit: Permit } | { readonly permitted: false; readonly reason: string };

const READS: ReadonlySet<Action> = new Set<Action>(['read', 'vread', 'history-instance', 'history-type', 'history-system', 'search-type']);
const WRITES: ReadonlySet<Action> = new Set<Action>(['create', 'update', 'delete']);
const OPERATIONS: ReadonlySet<Action> = new Set<Action>(['intake-list', 'intake-replay', 'intake-review', 'terminology-read', 'terminology-propose', 'terminology-approve',
  'identity-read', 'identity-decide', 'recognition-read', 'recognition-propose', 'recognition-approve', 'figures-read']);

/** Discloses nothing that is not public: a check of what was sent, and the list that health authorities publish. */
const FOR_EVERYBODY: ReadonlySet<Action> = new Set<Action>(['validate', 'catalogue-read']);

const CONTEXTS: Record<Role, ScopeContext> = { source: 'system', system: 'system', clinician: 'user', auditor: 'user', operator: 'user', manager: 'user' };

const PERMIT: Decision = { permitted: true, permit: { limits: [], breakGlass: undefined } };
const deny = (reason: string): Decision => ({ permitted: false, reason });
const lacks = (scope: string): Decision => deny(`The token lacks the scope ${scope}`);

/** One reason for a patient of somebody else and for none at all: an answer must not tell whether a person is known elsewhere. */
const NO_CARE_RELATION = 'Your facility has no care relation with this patient, or there is no such patient. In an emergency, break the glass: '
  + 'send X-Break-Glass-Reason (10 to 500 characters, percent-encoded) and X-Purpose-Of-Use; the access is recorded and reviewed';

/**
 * Decides what a caller may do: permit with limits, or deny with a reason that says what would be needed. Pure; every route
 * and operation rests on it.
 */
export function decide(caller: Caller, request: AccessRequest, facts: Facts): Decision {
  if (FOR_EVERYBODY.has(request.action)) return PERMIT;
  if (request.type === 'AuditEvent' && WRITES.has(request.action)) return deny('Traces are written by the exchange alone, they can be neither created, changed nor deleted');
  if (request.type === 'VerificationResult' && WRITES.has(request.action)) return deny('Certificates of quality are registered at POST /recognition/certificates by two people, and recalled there; they can be neither created, changed nor deleted as resources');
  const decision = RULES[caller.role](caller, request, facts);
  if (!decision.permitted) return decision;
  const missing = missingScope(parseScopes(caller.scopes), CONTEXTS[caller.role], request.action, request.type);
  return missing === undefined ? decision : lacks(missing);
}

type Rule = (caller: Caller, request: AccessRequest, facts: Facts) => Decision;

const RULES: Record<Role, Rule> = {
  source: decideForSource,
  clinician: decideForClinician,
  auditor: decideForAuditor,
  operator: decideForOperator,
  manager: decideForManager,
  system: decideForSystem,
};

/** What a search is chained to shapes its answer: the token must cover that too. */
function decideForSystem(caller: Caller, { action, where = [] }: AccessRequest): Decision {
  const grants = parseScopes(caller.scopes);
  // A match shows Patients.
  const reached = action === 'identity-match' ? ['Patient'] : [...typesReached(where)];
  const missing = reached.map((type) => missingScope(grants, 'system', 'search-type', type)).find((scope) => scope !== undefined);
  return missing === undefined ? PERMIT : lacks(missing);
}

/** What a source asks about: its own messages, the records behind its own patient numbers, notices to its institution. */
const OF_SOURCES: ReadonlySet<Action> = new Set<Action>(['intake', 'intake-list', 'identity-match', 'recognition-notices']);

function decideForSource(caller: Caller, { action, source }: AccessRequest): Decision {
  if (!OF_SOURCES.has(action)) return deny('A source sends its records to POST /intake/<source>, reads the status of its own messages and the notices to its institution, and asks who its own patients are, nothing else');
  if (caller.source === undefined) return deny('The token names no source');
  return source === caller.source ? PERMIT : deny(`The token is that of source ${caller.source}, which acts for no other`);
}

function decideForAuditor(_caller: Caller, { action, type, where = [] }: AccessRequest): Decision {
  if (!staysWithinTraces(where)) return deny('A chain of an auditor ends at an identifier, as in patient.identifier=<system>|<value>: any other would tell about records');
  if (action === 'batch' || (READS.has(action) && type === 'AuditEvent')) return PERMIT;
  return deny('An auditor reads and searches AuditEvent, nothing else');
}

function decideForOperator(_caller: Caller, { action }: AccessRequest): Decision {
  if (OPERATIONS.has(action)) return PERMIT;
  return deny('An operator lists, replays and reviews messages of the intake, maps codes, judges who is who and keeps the catalogue, and neither sends records nor reads clinical content');
}

function decideForManager(_caller: Caller, { action }: AccessRequest): Decision {
  return action === 'figures-read' ? PERMIT : deny('A manager reads the figures of the consortium, nothing else');
}

/** What a clinician does besides reading, always for one patient whom the request names. */
const OF_CLINICIANS: ReadonlySet<Action> = new Set<Action>(['recognition-ask', 'recognition-answer']);
const NO_FACILITY = 'The token names no facility; a clinician reads as a member of one';

function decideForClinician(caller: Caller, request: AccessRequest, facts: Facts): Decision {
  const { action, type } = request;
  if (action === 'batch') return caller.breakGlass === undefined ? PERMIT : deny('The glass is broken by a single request for one person, not by a batch');
  if (action === 'figures-read') return PERMIT;
  if (action === 'identity-match') return caller.facility === undefined ? deny(NO_FACILITY) : decideOnPatientSearch(caller, caller.facility, facts);
  if (OF_CLINICIANS.has(action)) return caller.facility === undefined ? deny(NO_FACILITY) : decideOnRecord(caller, request, facts);
  if (!READS.has(action)) return deny('A clinician reads; records come from the systems of the institutions through the intake');
  if (caller.facility === undefined) return deny(NO_FACILITY);
  if (type === 'AuditEvent') return deny('Traces are read by auditors');
  if (type !== undefined && !staysWithinReach(type, request.where ?? [])) return deny('A chain or _has of a clinician leads to reference data, or is patient.identifier=<system>|<value> with one value: any other would tell about records of other patients');
  if (type !== undefined && REFERENCE_TYPES.has(type)) return PERMIT;
  if (facts.binding === 'none') return deny(`${type ?? 'The history of everything'} is neither about one patient nor reference data, so that a clinician cannot read it`);
  if (facts.binding === 'several' && action === 'search-type') return deny(`A resource of type ${type ?? ''} can be about several patients, so that a clinician cannot search for it; Patient?_id=<id>&_revinclude=${type ?? ''}:<parameter> gives those that are about this patient alone`);
  if (action === 'history-type') return deny(`The history of all ${type ?? ''} resources tells about patients of others; a clinician reads that of one, at ${type ?? ''}/<id>/_history`);
  return type === 'Patient' && action === 'search-type' ? decideOnPatientSearch(caller, caller.facility, facts) : decideOnRecord(caller, request, facts);
}

/** Finding a patient, by search or by match, is limited to those known at the facility, unless the glass is broken for one person. */
function decideOnPatientSearch(caller: Caller, facility: string, facts: Facts): Decision {
  if (caller.breakGlass === undefined || facts.isKnownAtFacility) return { permitted: true, permit: { limits: [knownAt(facility)], breakGlass: undefined } };
  return breakGlass(caller.breakGlass.reason, facts);
}

function decideOnRecord(caller: Caller, request: AccessRequest, facts: Facts): Decision {
  if (request.patients === undefined) return deny(`A clinician's request for ${request.type ?? 'resources'} must name the patient, as in ?patient=<id>`);
  if (facts.isKnownAtFacility) return PERMIT;
  return caller.breakGlass === undefined ? deny(NO_CARE_RELATION) : breakGlass(caller.breakGlass.reason, facts);
}

function breakGlass(reason: string, { person }: Facts): Decision {
  if (person === undefined) return deny('Breaking the glass opens the record of one person, so that the request must name exactly one, by id or identifier');
  return { permitted: true, permit: { limits: [], breakGlass: { reason, patients: person } } };
}

/** Patients of persons who are known at an institution. */
function knownAt(facility: string): Clause {
  return { kind: 'has', type: 'Person', param: 'link', where: [{ kind: 'reference', param: 'known-at', anyOf: [{ type: 'Organization', id: facility }] }] };
}
