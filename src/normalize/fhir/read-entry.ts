import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isId, isObject, isResource } from '../../fhir/resource.ts';
import type { Fault, MessageKind, SentEntry } from '../message.ts';
import { faultAt } from '../message.ts';

/**
 * Reads one entry of a Bundle. What an entry of a transaction or batch asks is checked here: the exchange takes in what a
 * source has, under an id of its own, so that POST and PUT mean the same and nothing else is offered.
 *
 * @param value the entry
 * @see docs/decisions/0061-what-a-message-may-ask.md
 */
export function readEntry(index: number, value: JsonObject, kind: MessageKind): { readonly entry?: SentEntry; readonly faults: readonly Fault[] } {
  const at = `Bundle.entry[${index}]`;
  const { resource, request } = value;
  const asks = kind === 'transaction' || kind === 'batch';
  if (asks && !isObject(request)) return { faults: [faultAt(index, 'required', `${at}.request`, `An entry of a ${kind} says in request what to do with its resource`)] };
  const asked = asks && isObject(request) ? request : {};
  const method = textOf(asked['method']);
  if (asks && method !== 'POST' && method !== 'PUT') return { faults: [faultAt(index, 'not-supported', `${at}.request.method`, methodFault(method))] };
  if (!isResource(resource)) return { faults: [faultAt(index, 'required', `${at}.resource`, 'The entry holds no resource')] };
  const entry: SentEntry = {
    index, at: `${at}.resource`, resource, fullUrl: textOf(value['fullUrl']), method, ownId: addressed(asked)?.id ?? textOf(resource.id),
  };
  return { entry, faults: [...ownIdFaults(entry), ...requestFaults(index, asked, resource)] };
}

export function ownIdFaults({ index, at, ownId }: SentEntry): Fault[] {
  if (ownId === undefined || isId(ownId)) return [];
  return [faultAt(index, 'value', `${at}.id`, 'A logical id is 1 to 64 letters, digits, hyphens and dots')];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function methodFault(method: string | undefined): string {
  if (method === 'DELETE') return 'The exchange deletes nothing: send the resource once more with a status such as entered-in-error';
  return 'An entry brings a resource by POST or PUT; nothing else is taken in';
}

/** Type and id in the address of a PUT. */
function addressed(request: JsonObject): { readonly type: string; readonly id: string } | undefined {
  if (request['method'] !== 'PUT') return undefined;
  const [, type, id] = /^([A-Za-z]+)\/([^/?]+)$/.exec(textOf(request['url']) ?? '') ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}

function requestFaults(index: number, request: JsonObject, resource: Resource): Fault[] {
  const at = `Bundle.entry[${index}].request`;
  const faults: Fault[] = [];
  const url = textOf(request['url']);
  const target = addressed(request);
  if (url !== undefined && /^[A-Za-z]*/.exec(url)?.[0] !== resource.resourceType) {
    faults.push(faultAt(index, 'value', `${at}.url`, `The address is not that of a ${resource.resourceType}, which the entry holds`));
  }
  if (target !== undefined && resource.id !== undefined && target.id !== resource.id) {
    faults.push(faultAt(index, 'value', `${at}.url`, 'The address names another id than the resource'));
  }
  if (request['ifMatch'] !== undefined) {
    faults.push(faultAt(index, 'not-supported', `${at}.ifMatch`, 'A source does not know the versions of the exchange, so that ifMatch is not offered'));
  }
  return faults;
}
