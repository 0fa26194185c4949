import { derivedId } from '../../fhir/derived-id.ts';
import type { Presentation } from './presentation.ts';

/**
 * The id of the decision about one ordered item and one prior report, as a UUID (version 8): whoever presents the same, wherever
 * and whenever, gets the same.
 *
 * @throws TypeError for a presentation without any result
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 */
export function decisionIdOf({ order, item, prior }: Pick<Presentation, 'order' | 'item' | 'prior'>): string {
  const reference = (prior.report ?? prior.results[0])?.reference;
  if (reference === undefined) throw new TypeError('A presentation has no result');
  const digits = derivedId('recognition', order.organization, order.key, item, reference);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-${'89ab'[Number.parseInt(digits.slice(16, 17), 16) % 4] ?? '8'}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
