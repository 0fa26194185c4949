import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { traceChange } from '../../audit/index.ts';
import { commitOnce } from '../../commit-once.ts';
import { ConfigError } from '../../config.ts';
import { isStoredAs } from '../../fhir/body.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isId, isObject, isResource, objectsOf, textOf } from '../../fhir/resource.ts';
import { profileJson } from '../../profile-file.ts';
import type { Services } from '../../services.ts';
import { valueOf } from '../decisions/extensions.ts';
import { EXCHANGE } from '../decisions/exchange.ts';
import { COLUMNS, COSTS, type Column, type Cost } from './columns.ts';

/** What a population counts: a column, or what follows from several. */
export const COUNTED = [...COLUMNS, 'decided', 'occasions'] as const;
export type Counted = Column | 'decided' | 'occasions';

export interface MeasurePopulation { readonly code: JsonObject; readonly column: Counted }
export interface MeasureGroup { readonly code: JsonObject | undefined; readonly populations: readonly MeasurePopulation[]; readonly cost: Cost | undefined }

/** An indicator, as `profiles/indicators/` defines it. */
export interface Indicator { readonly id: string; readonly url: string; readonly scoring: string; readonly groups: readonly MeasureGroup[]; readonly resource: Resource & { readonly id: string } }

/** @param dir `profiles/indicators` @throws ConfigError that names the file and the element which cannot be used */
export async function loadIndicators(dir: string): Promise<readonly Indicator[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => {
    const indicator = parseIndicator(`profiles/indicators/${name}`, await readJson(dir, name));
    if (`${indicator.id}.json` !== name) throw new ConfigError(`profiles/indicators/${name}: the id must be the name of the file`);
    return indicator;
  }));
}

async function readJson(dir: string, name: string): Promise<unknown> {
  const file = `profiles/indicators/${name}`;
  const content = await readFile(path.join(dir, name), 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file} cannot be read`, { cause: error });
  });
  return profileJson(file, content);
}

/** @param name of the file or resource @throws ConfigError that names it and the element which cannot be used */
export function parseIndicator(name: string, content: unknown): Indicator {
  const fail = (fault: string): never => { throw new ConfigError(`${name}: ${fault}`); };
  if (!isResource(content) || content.resourceType !== 'Measure') return fail('is no Measure');
  const id = textOf(content.id);
  if (!isId(id)) return fail('has no id');
  const scoring = isObject(content['scoring']) ? textOf(objectsOf(content['scoring']['coding'])[0]?.['code']) : '';
  const groups = objectsOf(content['group']).map((group, at): MeasureGroup => ({
    code: isObject(group['code']) ? group['code'] : undefined,
    cost: COSTS.find((cost) => cost === valueOf(group, 'figure-column')),
    populations: objectsOf(group['population']).map((population, place): MeasurePopulation => {
      const column = COUNTED.find((one) => one === valueOf(population, 'figure-column'));
      const { code } = population;
      return column === undefined || !isObject(code) ? fail(`Measure.group[${at}].population[${place}] must have a code and a figure-column, one of ${COUNTED.join(', ')}`) : { code, column };
    }),
  }));
  return { id, url: textOf(content['url']), scoring, groups, resource: { ...content, id } };
}

/** Makes sure that each indicator stands in the store as its file says. */
export async function registerIndicators(services: Services, dir: string): Promise<void> {
  const wanted = (await loadIndicators(dir)).map(({ resource }) => resource);
  const stored = new Map((await services.store.readMany(wanted.map(({ id }) => ({ type: 'Measure', id })))).map((item) => [item.id, item]));
  const changed = wanted.filter((resource) => {
    const known = stored.get(resource.id);
    return known === undefined || !isStoredAs(resource, resource.id, known);
  });
  if (changed.length === 0) return;
  await commitOnce(services, [
    ...changed.map((resource) => ({ kind: 'put', resource, expectedVersion: versionOf(stored.get(resource.id)) }) as const),
    traceChange(services, EXCHANGE, { action: 'create', interaction: 'register-indicators', outcome: 'success', resources: changed.map(({ id }) => `Measure/${id}`) }),
  ]);
}

function versionOf(stored: { readonly version: number; readonly deleted: boolean } | undefined): number {
  return stored === undefined || stored.deleted ? 0 : stored.version;
}
