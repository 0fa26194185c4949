import { parseKnownJson } from './json.ts';
import { isResource } from './resource.ts';
import type { Resource } from './resource.ts';

/**
 * The text of a resource with gaps for what only the store knows. A body is stored as it is disclosed, so that a read
 * parses nothing: `head + versionId + BETWEEN + lastUpdated + tail`.
 */
export interface BodyTemplate { readonly head: string; readonly tail: string }

const BETWEEN = '","lastUpdated":"';

/** Splits a resource for storing under its id. `meta.versionId` and `meta.lastUpdated` of the sender are dropped: the store owns them. */
export function bodyTemplate(resource: Resource, id: string): BodyTemplate {
  const { resourceType, id: _id, meta = {}, ...rest } = resource;
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...keptMeta } = meta;
  return {
    head: `{"resourceType":${JSON.stringify(resourceType)},"id":${JSON.stringify(id)},"meta":{"versionId":"`,
    tail: `"${members(keptMeta)}}${members(rest)}}`,
  };
}

/** @param lastUpdated an instant, `2026-03-01T08:00:00.000Z` */
export function renderBody(template: BodyTemplate, version: number, lastUpdated: string): string {
  return template.head + String(version) + BETWEEN + lastUpdated + template.tail;
}

/** Whether a stored version already says what a resource says, to the letter: storing it would make no version. */
export function isStoredAs(resource: Resource, id: string, { version, lastUpdated, body }: { readonly version: number; readonly lastUpdated: string; readonly body: string }): boolean {
  return renderBody(bodyTemplate(resource, id), version, lastUpdated) === body;
}

/** A stored body as the resource it was. @throws TypeError for a body that no store wrote */
export function resourceOf(body: string): Resource {
  const parsed = parseKnownJson(body);
  if (isResource(parsed)) return parsed;
  throw new TypeError('The store holds a body that is not a resource');
}

/** `,"a":1,"b":2`, or nothing for an empty object. */
function members(object: object): string {
  const text = JSON.stringify(object);
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
}
