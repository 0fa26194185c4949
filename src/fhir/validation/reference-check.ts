import { parseReference } from '../references.ts';
import type { JsonObject } from '../resource.ts';
import { isObject } from '../resource.ts';
import { childLocation } from './location.ts';
import type { Location } from './location.ts';
import { quoted, report } from './run.ts';
import type { Check, Scope } from './run.ts';

/**
 * Checks where a Reference points to: to a type that is allowed, and if to a contained resource, to one that is there.
 * @param targets resource types; undefined for any
 * @param known the resource types of R4
 * @see https://hl7.org/fhir/R4/references.html
 */
export function referenceCheck(targets: readonly string[] | undefined, known: ReadonlySet<string>): Check {
  const allowed = targets === undefined ? undefined : new Set(targets);
  return (value, at, scope) => {
    if (!isObject(value)) return;
    const { reference, type } = value;
    const pointed = typeof reference === 'string' ? pointedType(reference, scope) : undefined;
    if (typeof reference === 'string') checkLiteral(reference, at, scope);
    if (pointed?.isCertain === true && !known.has(pointed.type)) {
      report(scope.run, childLocation(at, 'reference'), { code: 'value', diagnostics: `${quoted(pointed.type)} is not a resource type of R4` });
    }
    const target = targetType(value, scope, known);
    if (target !== undefined && allowed?.has(target) === false) {
      report(scope.run, at, { code: 'value', diagnostics: `A reference to ${target} is not allowed here; allowed: ${[...allowed].join(', ')}` });
    }
    if (pointed !== undefined && known.has(pointed.type) && typeof type === 'string' && known.has(type) && type !== pointed.type) {
      report(scope.run, childLocation(at, 'type'), { code: 'value', diagnostics: `\`type\` says ${type}, and \`reference\` points to ${pointed.type}` });
    }
  };
}

/** The resource type that a Reference leads to, as far as it can be told without following it. */
export function targetType({ reference, type }: JsonObject, scope: Scope, known: ReadonlySet<string>): string | undefined {
  const pointed = typeof reference === 'string' ? pointedType(reference, scope)?.type : undefined;
  if (pointed !== undefined && known.has(pointed)) return pointed;
  return typeof type === 'string' && known.has(type) ? type : undefined;
}

/** `isCertain` is false behind an absolute URL: that server need not be one for FHIR R4. */
function pointedType(reference: string, scope: Scope): { readonly type: string; readonly isCertain: boolean } | undefined {
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'relative':
    case 'conditional': return { type: parsed.type, isCertain: true };
    case 'absolute': return { type: parsed.type, isCertain: false };
    case 'contained': {
      const type = parsed.id === '' ? scope.root['resourceType'] : scope.contained.get(parsed.id);
      return typeof type === 'string' ? { type, isCertain: true } : undefined;
    }
    case 'url': return undefined;
  }
}

function checkLiteral(reference: string, at: Location, scope: Scope): void {
  const here = (): Location => childLocation(at, 'reference');
  if (reference.startsWith('#')) {
    const id = reference.slice(1);
    scope.fragments.add(id);
    if (id === '' || scope.contained.has(id)) return;
    report(scope.run, here(), { code: 'not-found', diagnostics: `${quoted(reference)} is not among the contained resources (ref-1)` });
  } else if (parseReference(reference).kind === 'url' && !/^[a-z][a-z0-9+.-]*:/i.test(reference)) {
    report(scope.run, here(), { code: 'value', diagnostics: '`reference` must be Type/id, #id of a contained resource, or an absolute URL' });
  }
}
