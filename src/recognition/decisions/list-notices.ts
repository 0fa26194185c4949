import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace, traceChange } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import { resourceOf } from '../../fhir/body.ts';
import { parseReference } from '../../fhir/references.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, objectsOf, textOf } from '../../fhir/resource.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import { repeatedOnConflict } from './conflicts.ts';
import { referenceIn } from './extensions.ts';
import { completedTask, OPEN_TASK, RECALLED, REOPENED, TASK_SYSTEM } from './notices.ts';

/** What an institution was told. */
export interface Notice {
  readonly id: string;
  /** `recognition-reopened` or `recognition-recalled`. */
  readonly kind: string;
  /** `requested` until somebody has looked at it, then `completed`. */
  readonly status: string;
  readonly authoredOn: string;
  readonly priority: string;
  readonly description: string;
  /** `DetectedIssue/…`; of a recall, the VerificationResult. */
  readonly focus: string | undefined;
  /** `Patient/…`; a recall names none. */
  readonly patient: string | undefined;
  /** What changed; of a recall, the decisions that were taken by the certificate since. */
  readonly about: readonly { readonly reference: string; readonly what: string | undefined }[];
}

/**
 * Notices to the institution of a source, newest first. Clinicians find those about their patients as Tasks.
 *
 * @param status `requested` where undefined
 * @throws ServiceError 'forbidden'
 */
export async function listNotices(services: Services, caller: Caller, status: string | undefined, page: { readonly count: number; readonly after: string | undefined }): Promise<{ readonly notices: readonly Notice[]; readonly next: string | undefined }> {
  const organization = await institutionOf(services, caller);
  const where: Clause[] = [
    { kind: 'reference', param: 'owner', anyOf: [{ type: 'Organization', id: organization }] },
    { kind: 'token', param: 'code', anyOf: [{ system: TASK_SYSTEM, code: REOPENED }, { system: TASK_SYSTEM, code: RECALLED }] },
    { kind: 'token', param: 'status', anyOf: [{ code: status ?? OPEN_TASK }] },
  ];
  const { items, next } = await services.store.search({ type: 'Task', where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const notices = items.map((stored) => noticeOf(resourceOf(stored.body)));
  await recordTrace(services, caller, {
    action: 'search', interaction: 'recognition-notices', outcome: 'success', query: `status=${status ?? OPEN_TASK}`,
    resources: items.map(({ id }) => `Task/${id}`), patients: [...new Set(notices.flatMap(({ patient }) => patient ?? []))],
  });
  return { notices, next };
}

/**
 * Closes a notice: the institution has taken it up. Once more changes nothing.
 *
 * @throws ServiceError 'forbidden'; 'not-found' also for a notice to another institution
 */
export async function acknowledgeNotice(services: Services, caller: Caller, id: string): Promise<Notice> {
  const organization = await institutionOf(services, caller);
  return repeatedOnConflict(async () => {
    const stored = /^[0-9a-f]{32}$/.test(id) ? await services.store.read({ type: 'Task', id }) : undefined;
    const task = stored === undefined || stored.deleted ? undefined : ownNotice(stored, organization);
    if (stored === undefined || task === undefined) throw new ServiceError('not-found', 'There is no notice with this id to your institution');
    const closed = completedTask({ ...task, id }, services.clock().toISOString());
    const isOpen = textOf(task['status']) === OPEN_TASK;
    await services.store.commit([
      ...(isOpen ? [{ kind: 'put' as const, resource: closed, expectedVersion: stored.version }] : []),
      traceChange(services, caller, { action: 'update', interaction: 'recognition-notice-acknowledge', outcome: 'success', resources: [`Task/${id}`], patients: [referenceIn(task['for'])].filter((one) => one !== undefined) }),
    ]);
    return noticeOf(isOpen ? closed : task);
  });
}

/** The institution for which a source speaks. @throws ServiceError 'forbidden' */
async function institutionOf(services: Services, caller: Caller): Promise<string> {
  await authorize(services, caller, { action: 'recognition-notices', ...(caller.source === undefined ? {} : { source: caller.source }) });
  const organization = services.sources.get(caller.source ?? '')?.organization.id;
  if (organization === undefined) throw new ServiceError('forbidden', 'The token names no institution');
  return organization;
}

function ownNotice(stored: Stored, organization: string): Resource | undefined {
  const task = resourceOf(stored.body);
  const owner = parseReference(referenceIn(task['owner']) ?? '');
  const isOurs = kindOf(task) !== undefined && owner.kind === 'relative' && owner.type === 'Organization' && owner.id === organization;
  return isOurs ? task : undefined;
}

function kindOf(task: Resource): string | undefined {
  const codings = isObject(task['code']) ? objectsOf(task['code']['coding']) : [];
  const code = textOf(codings.find(({ system }) => system === TASK_SYSTEM)?.['code']);
  return code === REOPENED || code === RECALLED ? code : undefined;
}

function noticeOf(task: Resource): Notice {
  return {
    id: textOf(task.id), kind: kindOf(task) ?? '', status: textOf(task['status']), authoredOn: textOf(task['authoredOn']),
    priority: textOf(task['priority']), description: textOf(task['description']), focus: referenceIn(task['focus']), patient: referenceIn(task['for']),
    about: objectsOf(task['input']).flatMap(aboutOf),
  };
}

function aboutOf({ valueReference }: JsonObject): Notice['about'] {
  const reference = referenceIn(valueReference);
  const what = isObject(valueReference) ? textOf(valueReference['display']) : '';
  return reference === undefined ? [] : [{ reference, what: what === '' ? undefined : what }];
}
