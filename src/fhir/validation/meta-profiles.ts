import { withoutVersion } from '../definitions/source.ts';
import { isObject } from '../resource.ts';
import type { JsonObject } from '../resource.ts';
import type { Compiler } from './compiler.ts';
import { childLocation } from './location.ts';
import type { Location } from './location.ts';
import { quoted, report } from './run.ts';
import type { Scope } from './run.ts';

interface Place { readonly at: Location; readonly scope: Scope; readonly compiler: Compiler }

/**
 * Checks a resource against the profiles that it claims in `meta.profile` and those demanded of it. A claim of a profile
 * that is not known here is remarked on and not refused; a demand for one that does not fit is a fault.
 */
export function checkProfiles(resource: JsonObject, demanded: readonly string[], place: Place): void {
  const claimed = claimedProfiles(resource);
  if (claimed.length === 0 && demanded.length === 0) return;
  for (const url of new Set([...claimed, ...demanded].map(withoutVersion))) {
    const structure = place.compiler.definitions.structures.get(url);
    if (structure === undefined) reportUnknown(url, claimed, place);
    else if (structure.type !== resource['resourceType'] && structure.type !== 'Resource' && structure.type !== 'DomainResource') {
      report(place.scope.run, place.at, { code: 'structure', diagnostics: `The profile ${structure.name} is for ${structure.type}, and this is another type` });
    } else place.compiler.profileCheck(url)?.(resource, place.at, place.scope);
  }
}

function claimedProfiles({ meta }: JsonObject): readonly string[] {
  const profiles = isObject(meta) ? meta['profile'] : undefined;
  return Array.isArray(profiles) ? profiles.filter((url) => typeof url === 'string') : [];
}

function reportUnknown(url: string, claimed: readonly string[], { at, scope }: Place): void {
  const index = claimed.findIndex((claim) => withoutVersion(claim) === url);
  const here = index < 0 ? at : childLocation(childLocation(at, 'meta'), 'profile', index);
  report(scope.run, here, {
    severity: index < 0 ? 'error' : 'information', code: 'not-supported',
    diagnostics: `The profile ${quoted(url)} is not known here, so the resource was not checked against it`,
  });
}
