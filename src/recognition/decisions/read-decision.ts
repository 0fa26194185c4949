import { parseReference } from '../../fhir/references.ts';
import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isObject, isResource, objectsOf, textOf } from '../../fhir/resource.ts';
import type { Stored } from '../../store/store.ts';
import type { BasisChange, DecisionRecord, DecisionStep } from './decision-record.ts';
import { DECISION_STATES, RETEST_REASONS } from './decision-record.ts';
import { DECISION_TYPE, DUPLICATE_TEST, ISSUE_SYSTEM, STATE_SYSTEM } from './detected-issue.ts';
import type { Parts } from './extensions.ts';
import { compoundsOf, displayIn, referenceIn, valueOf } from './extensions.ts';
import type { DecidedOrder, PriorUsed, VersionedReference } from './presentation.ts';
import { RETEST_REASON_SYSTEM } from './retest-reasons.ts';

/**
 * A stored DetectedIssue as the decision that it is.
 *
 * @returns undefined for one that is no decision about a duplicate test, or that somebody else wrote
 */
export function readDecision(stored: Pick<Stored, 'type' | 'version' | 'body' | 'deleted'>): DecisionRecord | undefined {
  if (stored.deleted || stored.type !== DECISION_TYPE) return undefined;
  const resource: unknown = JSON.parse(stored.body);
  return isResource(resource) && codeIn(resource['code'], ISSUE_SYSTEM) === DUPLICATE_TEST ? recordOf(resource, stored.version) : undefined;
}

function recordOf(resource: Resource, version: number): DecisionRecord | undefined {
  const state = DECISION_STATES.find((one) => one === valueOf(resource, 'recognition-state'));
  const verdict = (['recognise', 'view-only'] as const).find((one) => one === valueOf(resource, 'recognition-verdict'));
  const item = valueOf(resource, 'recognition-item');
  const [ordered] = compoundsOf(resource, 'recognition-order');
  const [used] = compoundsOf(resource, 'recognition-prior');
  if (state === undefined || verdict === undefined || !isObject(item) || ordered === undefined || used === undefined) return undefined;
  const { anchor, validUntil } = timesOf(used);
  return {
    id: textOf(resource.id), version, state, verdict,
    order: orderOf(resource, ordered),
    item: textOf(item['code']),
    name: { zh: textOf(item['display']), en: ordered.text('name') ?? '' },
    members: ordered.texts('member'),
    coversOrder: ordered.flag('coversOrder'),
    prior: priorOf(resource, used),
    failed: objectsOf(resource['evidence']).flatMap(({ code }) => objectsOf(code).flatMap((concept) => objectsOf(concept['coding']).map((coding) => textOf(coding['code'])))),
    mark: markOf(resource, used),
    anchor, validUntil,
    price: priceOf(resource),
    presentedAt: textOf(resource['identifiedDateTime']),
    expiresAt: textOf(valueOf(resource, 'recognition-expires')),
    viewedAt: textOrUndefined(valueOf(resource, 'recognition-viewed')),
    revokedFrom: ordered.text('revokedFrom'),
    steps: objectsOf(resource['mitigation']).flatMap(stepOf),
  };
}

function orderOf(resource: Resource, ordered: Parts): DecidedOrder {
  const reference = referenceIn(objectsOf(resource['implicated'])[0]);
  return {
    ...(reference === undefined ? {} : { reference }),
    key: ordered.text('key') ?? '',
    patient: idIn(referenceIn(resource['patient']), 'Patient') ?? '',
    organization: idIn(referenceIn(valueOf(resource, 'recognition-organization')), 'Organization') ?? '',
    department: ordered.text('department'), practitioner: ordered.text('practitioner'), encounter: ordered.text('encounter'),
  };
}

function priorOf(resource: Resource, used: Parts): PriorUsed {
  const implicated = objectsOf(resource['implicated']).slice(1).flatMap((reference): VersionedReference[] => {
    const parsed = parseReference(referenceIn(reference) ?? '');
    return parsed.kind === 'relative' ? [{ reference: `${parsed.type}/${parsed.id}`, version: Number(parsed.version ?? 0) }] : [];
  });
  const [first, ...others] = implicated;
  const isWithoutReport = used.flag('isWithoutReport');
  return {
    report: isWithoutReport ? undefined : first,
    results: isWithoutReport ? implicated : others,
    patients: objectsOf(resource['extension']).filter(({ url }) => url === 'https://bund.example/StructureDefinition/recognition-prior-patient')
      .flatMap(({ valueReference }) => idIn(referenceIn(valueReference), 'Patient') ?? []),
    performer: idIn(used.reference('performer'), 'Organization'),
    performerName: displayIn(used.get('performer')),
    text: used.text('text'),
  };
}

function timesOf(used: Parts): Pick<DecisionRecord, 'anchor' | 'validUntil'> {
  const kind = (['collected', 'effective', 'issued'] as const).find((one) => one === used.text('anchor'));
  const at = used.text('anchorAt');
  return { validUntil: used.text('validUntil'), anchor: kind === undefined || at === undefined ? undefined : { kind, at, isFallback: used.flag('isFallback') } };
}

function markOf(resource: Resource, used: Parts): DecisionRecord['mark'] {
  const certificate = idIn(referenceIn(valueOf(resource, 'recognition-certificate')), 'VerificationResult');
  return certificate === undefined ? undefined : { certificate, scope: used.text('scope') ?? '', label: used.text('label') ?? '' };
}

function priceOf(resource: Resource): DecisionRecord['price'] {
  const [price] = compoundsOf(resource, 'recognition-price');
  const grossFen = price?.number('gross');
  return grossFen === undefined ? undefined : { grossFen, patientShareFen: price?.number('patientShare') ?? 0 };
}

function stepOf(mitigation: JsonObject): DecisionStep[] {
  const to = DECISION_STATES.find((one) => one === codeIn(mitigation['action'], STATE_SYSTEM));
  const reason = RETEST_REASONS.find((one) => one === codeIn(mitigation['action'], RETEST_REASON_SYSTEM));
  const [said] = compoundsOf(mitigation, 'recognition-step');
  if (to === undefined || said === undefined) return [];
  const changes = compoundsOf(mitigation, 'recognition-change').flatMap(changeOf);
  const informed = said.get('isPatientInformed');
  const order = (['revoked', 'restored', 'untouched'] as const).find((one) => one === said.text('order'));
  return [{
    to, at: said.text('at') ?? '', by: said.text('by') ?? '',
    ...optional('name', said.text('name')), ...optional('reason', reason), ...optional('text', said.text('text')),
    ...(typeof informed === 'boolean' ? { isPatientInformed: informed } : {}), ...optional('informedAt', said.text('informedAt')),
    ...(said.flag('isLate') ? { isLate: true } : {}), ...optional('order', order),
    ...(changes.length === 0 ? {} : { changes }),
  }];
}

function changeOf(change: Parts): BasisChange[] {
  const kind = (['corrected', 'retracted', 'recalled', 'identity'] as const).find((one) => one === change.text('kind'));
  const parsed = parseReference(change.reference('resource') ?? '');
  if (kind === undefined || parsed.kind !== 'relative') return [];
  return [{ reference: `${parsed.type}/${parsed.id}`, version: Number(parsed.version ?? 0), kind, what: (change.text('what') ?? '').split(' ').filter((word) => word !== '') }];
}

function optional<N extends string, V>(name: N, value: V | undefined): Partial<Record<N, V>> {
  const told: Partial<Record<N, V>> = {};
  if (value !== undefined) told[name] = value;
  return told;
}

function codeIn(concept: JsonValue | undefined, system: string): string | undefined {
  const coding = isObject(concept) ? objectsOf(concept['coding']).find((one) => one['system'] === system) : undefined;
  return textOrUndefined(coding?.['code']);
}

function idIn(reference: string | undefined, type: string): string | undefined {
  return reference?.startsWith(`${type}/`) === true ? reference.slice(type.length + 1) : undefined;
}

function textOrUndefined(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
