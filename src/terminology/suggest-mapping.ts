import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import { sourceUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { localSystemOf } from './create-code-tables.ts';
import { codesOf, evidenceOf, partsOf, resultsWith, specimensOf, valueIn } from './evidence.ts';
import { exampleOf } from './list-unmapped.ts';
import { requireKnownSource } from './known-source.ts';
import { readClaim } from './mark-claim.ts';
import type { UnitTables } from './measure.ts';
import { unitOf } from './measure.ts';
import type { LocalEvidence, Suggestion } from './suggest-items.ts';
import { namesOfItems, suggestItems } from './suggest-items.ts';
import { isUcum } from './ucum.ts';

/** Only the values of items that fit by name and unit are looked at. */
const CANDIDATES = 12;
const SHOWN = 10;

/**
 * Which items of the catalogue a local code may stand for, with every reason: its names, units, specimens and values against
 * those of the items. Nothing of whose results they are is told.
 *
 * @throws ServiceError 'forbidden'; 'not-found' for a source that nobody knows
 */
export async function suggestMapping(services: Services, caller: Caller, { source, code }: { readonly source: string; readonly code: string }): Promise<readonly Suggestion[]> {
  await authorize(services, caller, { action: 'terminology-read' });
  requireKnownSource(services, source);
  const units: UnitTables = { tables: services.codes, source: services.codes.sources.get(source), isUcum };
  const local = localEvidence(code, await resultsWith(services, [{ kind: 'token', param: 'combo-code', anyOf: [{ system: units.source?.system ?? localSystemOf(source), code }, { system: '', code }] }, { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] }]), units);
  const items = [...services.codes.items.values()];
  const names = namesOfItems(services.codes);
  const candidates = suggestItems(local, items, names, new Map()).slice(0, CANDIDATES).flatMap(({ item }) => services.codes.items.get(item) ?? []);
  const known = new Map(await Promise.all(candidates.map(async (item) => [item.item, await evidenceOf(services, item, units)] as const)));
  await recordTrace(services, caller, { action: 'search', interaction: 'terminology-read', outcome: 'success', query: `suggestions?source=${source}&code=${encodeURIComponent(code)}` });
  return suggestItems(local, candidates, names, known).filter(({ score }) => score > 0).slice(0, SHOWN);
}

function localEvidence(code: string, results: readonly Resource[], units: UnitTables): LocalEvidence {
  const parts = results.flatMap((result) => partsWith(result, code));
  const quantities = parts.map((part) => part['valueQuantity']).filter(isObject);
  const bySent = new Map(quantities.map((quantity) => [textOf(quantity['unit']) || textOf(quantity['code']), unitOf(quantity, units)] as const));
  return {
    code,
    names: [...new Set(parts.map((part) => readClaim(exampleOf(part, '').name).name))].filter((name) => name !== ''),
    units: [...bySent].map(([sent, unit]) => ({ sent, unit })),
    values: quantities.flatMap((quantity) => valueIn(quantity, units)),
    hasWords: parts.some((part) => part['valueString'] !== undefined || part['valueCodeableConcept'] !== undefined),
    specimens: specimensOf(results),
  };
}

/** The result itself or those of its components that have the code. */
function partsWith(result: Resource, code: string): readonly JsonObject[] {
  const found = partsOf(result).filter((part) => codesOf(part).some((coding) => coding['code'] === code));
  return found.length > 0 ? found : [result];
}
