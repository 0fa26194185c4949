import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../resource.ts';
import type { JsonObject } from '../resource.ts';
import type { ElementModel, SearchParameterDefinition, Structure, ValueSetCodes } from './model.ts';
import { preferredSystemsOf } from './naming-systems.ts';
import { structureFromDifferential } from './profile.ts';
import { searchParameterOf } from './search-parameters.ts';
import { objects, requiredText, text, texts } from './source.ts';
import { structureFromSnapshot } from './structure.ts';
import { expandValueSet } from './value-sets.ts';

/** Definitions as plain JSON, the form in which they are cached. */
export interface DistilledDefinitions {
  readonly resourceTypes: readonly string[];
  readonly structures: readonly Structure[];
  readonly valueSets: readonly ValueSetCodes[];
  readonly searchParameters: readonly SearchParameterDefinition[];
  readonly patientCompartment: readonly (readonly [string, readonly string[]])[];
  readonly preferredSystems: readonly (readonly [string, string])[];
}

export interface DistilInput {
  /** Folder of the published R4 bundles. */
  readonly publishedDir: string;
  /** Folder of own StructureDefinitions, ValueSets, CodeSystems, SearchParameters and NamingSystems, one a file. */
  readonly profilesDir: string;
}

const R4_VERSION = '4.0.1';

/**
 * Reads some 60 MB of published definitions and keeps what Bund works with. Takes about a second and half a gigabyte, so
 * it runs in a process of its own, see `load.ts`.
 *
 * @throws Error naming the file of `profilesDir` that cannot be used, and why
 */
export function distilDefinitions({ publishedDir, profilesDir }: DistilInput): DistilledDefinitions {
  const own = ownResources(profilesDir);
  const published = (name: string): JsonObject[] => publishedResources(path.join(publishedDir, `${name}.json`));
  const terms = [...published('valuesets'), ...published('v3-codesystems'), ...published('v2-tables'), ...own];
  const structures = structuresOf([...published('profiles-types'), ...published('profiles-resources')], own);
  const parameters = [...published('search-parameters').filter((item) => item['version'] === R4_VERSION), ...own.filter(isOf('SearchParameter'))];
  return {
    resourceTypes: structures.filter((item) => item.kind === 'resource' && !item.abstract && item.derivation === 'specialization').map((item) => item.type).sort(),
    structures,
    valueSets: requiredValueSets(structures, terms),
    searchParameters: parameters.map(searchParameterOf),
    patientCompartment: compartmentOf(path.join(publishedDir, 'compartmentdefinition-patient.json')),
    preferredSystems: [...preferredSystemsOf(own.filter(isOf('NamingSystem')))],
  };
}

function structuresOf(published: readonly JsonObject[], own: readonly JsonObject[]): Structure[] {
  const definitions = published.filter(isOf('StructureDefinition')).filter((item) => item['version'] === R4_VERSION && item['kind'] !== 'logical');
  const byUrl = new Map<string, Structure>();
  for (const definition of definitions.filter((item) => item['derivation'] !== 'constraint')) {
    const structure = structureFromSnapshot(definition);
    byUrl.set(structure.url, structure);
  }
  const profiles = [...definitions.filter((item) => item['derivation'] === 'constraint'), ...own.filter(isOf('StructureDefinition'))];
  const waiting = new Map(profiles.map((definition) => [requiredText(definition, 'url'), definition]));
  // Profiles may build on each other in any order: what is asked for is distilled first.
  const find = (url: string): Structure | undefined => {
    const definition = waiting.get(url);
    if (definition !== undefined) {
      waiting.delete(url);
      byUrl.set(url, structureFromDifferential(definition, find));
    }
    return byUrl.get(url);
  };
  for (const url of [...waiting.keys()]) find(url);
  return [...byUrl.values()];
}

function requiredValueSets(structures: readonly Structure[], terms: readonly JsonObject[]): ValueSetCodes[] {
  const byUrl = (type: string): Map<string, JsonObject> => new Map(terms.filter(isOf(type)).map((item) => [requiredText(item, 'url'), item]));
  const terminology = { valueSets: byUrl('ValueSet'), codeSystems: byUrl('CodeSystem') };
  const urls = new Set(structures.flatMap((structure) => requiredBindings(structure.root)));
  return [...urls].flatMap((url) => expandValueSet(url, terminology) ?? []);
}

function requiredBindings(element: ElementModel): string[] {
  const own = element.binding?.strength === 'required' ? [element.binding.valueSet] : [];
  return [...own, ...element.children.flatMap(requiredBindings), ...(element.slices ?? []).flatMap(requiredBindings)];
}

function compartmentOf(file: string): (readonly [string, readonly string[]])[] {
  return objects(readObject(file), 'resource').filter((item) => item['param'] !== undefined).map((item) => [requiredText(item, 'code'), texts(item, 'param')]);
}

function publishedResources(file: string): JsonObject[] {
  return objects(readObject(file), 'entry').map((entry) => entry['resource']).filter(isObject);
}

function ownResources(dir: string): JsonObject[] {
  return readdirSync(dir).filter((name) => name.endsWith('.json')).sort().map((name) => readObject(path.join(dir, name)));
}

function readObject(file: string): JsonObject {
  const parsed = parse(file);
  if (!isObject(parsed)) throw new Error(`${file} does not hold a JSON object`);
  return parsed;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}`, { cause: error });
  }
}

function isOf(type: string): (resource: JsonObject) => boolean {
  return (resource) => text(resource, 'resourceType') === type;
}
