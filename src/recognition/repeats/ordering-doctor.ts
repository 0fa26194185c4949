import { resourceOf } from '../../fhir/body.ts';
import type { Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { idsOf, nonEmpty } from '../candidates/elements.ts';

/** Who ordered a test, as its order says: `Practitioner/…`, a number, or a name. */
export async function orderingDoctor({ store }: Pick<Services, 'store'>, result: Resource): Promise<string | undefined> {
  const [order] = idsOf(result['basedOn'], 'ServiceRequest');
  const stored = order === undefined ? undefined : await store.read({ type: 'ServiceRequest', id: order });
  if (stored === undefined || stored.deleted) return undefined;
  const requester = resourceOf(stored.body)['requester'];
  if (!isObject(requester)) return undefined;
  const identifier = isObject(requester['identifier']) ? textOf(requester['identifier']['value']) : '';
  return nonEmpty(textOf(requester['reference'])) ?? nonEmpty(identifier) ?? nonEmpty(textOf(requester['display']));
}
