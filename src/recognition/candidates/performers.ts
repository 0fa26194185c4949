import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { sourceOfUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Institution } from '../rules/facts.ts';
import { idsOf } from './elements.ts';

type Known = Pick<Services, 'sources' | 'recognition'>;

/** Organizations that must be read to know at which institution something was done: departments name the one they belong to. */
export function departmentsOf({ recognition }: Known, resources: readonly Resource[]): readonly string[] {
  const named = resources.flatMap(({ performer }) => idsOf(performer, 'Organization'));
  return [...new Set(named)].filter((id) => recognition.institution(id) === undefined);
}

/**
 * The institution that performed a test: the Organization that the result names, or that to which this belongs. Only where none
 * is named it is the institution whose system sent the result; a laboratory elsewhere does not become the hospital that ordered from it.
 *
 * @param read Organizations by id, those of `departmentsOf`
 */
export function performerOf({ sources, recognition }: Known, resource: Resource, read: ReadonlyMap<string, JsonObject>): Institution | undefined {
  const named = idsOf(resource['performer'], 'Organization');
  const known = [...named, ...named.flatMap((id) => idsOf(read.get(id)?.['partOf'], 'Organization'))].map((id) => recognition.institution(id)).find((institution) => institution !== undefined);
  if (known !== undefined || named.length > 0) return known;
  const source = sourceOfUri(isObject(resource.meta) ? textOf(resource.meta['source']) : '');
  const organization = source === undefined ? undefined : sources.get(source)?.organization.id;
  return organization === undefined ? undefined : recognition.institution(organization);
}

/** What an institution is called. */
export function institutionName({ sources }: Pick<Services, 'sources'>, organization: string | undefined): string | undefined {
  return [...sources.values()].find((source) => source.organization.id === organization)?.organization.name;
}
