import type { Resource } from '../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../fhir/resource.ts';
import { resourceOf } from '../fhir/body.ts';
import { parseReference } from '../fhir/references.ts';
import type { Services } from '../services.ts';
import type { Specimens } from './choose-row.ts';

const NONE: Specimens = () => undefined;

/**
 * Gets hold of the specimens of results, for a source whose rows ask for them: for any other nothing is read.
 *
 * @param resources what is about to be mapped, the specimens among them included
 */
export async function specimensFor({ store, codes }: Pick<Services, 'store' | 'codes'>, source: string, resources: readonly Resource[]): Promise<Specimens> {
  if (codes.sources.get(source)?.asksForSpecimen !== true) return NONE;
  const atHand = new Map(resources.filter(({ resourceType }) => resourceType === 'Specimen').map((specimen) => [referenceTo({ type: 'Specimen', id: textOf(specimen.id) }), specimen]));
  const wanted = new Set(resources.filter(({ resourceType }) => resourceType === 'Observation').map(({ specimen }) => (isObject(specimen) ? textOf(specimen['reference']) : '')));
  const missing = [...wanted].filter((reference) => !atHand.has(reference)).flatMap((reference) => {
    const target = parseReference(reference);
    return target.kind === 'relative' && target.type === 'Specimen' ? [{ type: target.type, id: target.id }] : [];
  });
  const stored = missing.length === 0 ? [] : await store.readMany(missing);
  for (const item of stored) if (!item.deleted) atHand.set(referenceTo(item), resourceOf(item.body));
  return (reference) => atHand.get(reference);
}
