import { parseReference } from '../references.ts';
import type { ParsedReference } from '../references.ts';
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
    const parsed = typeof reference === 'string' ? parseReference(reference) : undefined;
    const pointed = parsed === undefined ? undefined : pointedType(parsed, scope);
    const named = typeof type === 'string' && known.has(type) ? type : undefined;
    if (parsed !== undefined) checkLiteral(parsed, childLocation(at, 'reference'), scope);
    if (pointed !== undefined && !known.has(pointed)) {
      // The server behind an absolute URL need not be one for FHIR R4.
      if (parsed?.kind !== 'absolute') report(scope.run, childLocation(at, 'reference'), { code: 'value', diagnostics: `${quoted(pointed)} is not a resource type of R4` });
      return;
    }
    const target = pointed ?? named;
    if (target !== undefined && allowed?.has(target) === false) {
      report(scope.run, at, { code: 'value', diagnostics: `A reference to ${target} is not allowed here; allowed: ${[...allowed].join(', ')}` });
    }
    if (pointed !== undefined && named !== undefined && named !== pointed) {
      report(scope.run, childLocation(at, 'type'), { code: 'value', diagnostics: `\`type\` says ${named}, and \`reference\` points to ${pointed}` });
    }
  };
}

/** The resource type that a Reference leads to, as far as it can be told without following it. */
export function targetType({ reference, type }: JsonObject, scope: Scope, known: ReadonlySet<string>): string | undefined {
  const pointed = typeof reference === 'string' ? pointedType(parseReference(reference), scope) : undefined;
  if (pointed !== undefined && known.has(pointed)) return pointed;
  return typeof type === 'string' && known.has(type) ? type : undefined;
}

function pointedType(parsed: ParsedReference, scope: Scope): string | undefined {
  switch (parsed.kind) {
    case 'relative':
    case 'conditional':
    case 'absolute': return parsed.type;
    case 'contained': {
      const type = parsed.id === '' ? scope.root['resourceType'] : scope.contained.get(parsed.id);
      return typeof type === 'string' ? type : undefined;
    }
    case 'url': return undefined;
  }
}

function checkLiteral(parsed: ParsedReference, at: Location, scope: Scope): void {
  if (parsed.kind === 'contained') {
    scope.fragments.add(parsed.id);
    if (parsed.id === '' || scope.contained.has(parsed.id)) return;
    report(scope.run, at, { code: 'not-found', diagnostics: `${quoted(`#${parsed.id}`)} is not among the contained resources (ref-1)` });
  } else if (parsed.kind === 'url' && !/^[a-z][a-z0-9+.-]*:/i.test(parsed.url)) {
    report(scope.run, at, { code: 'value', diagnostics: '`reference` must be Type/id, #id of a contained resource, or an absolute URL' });
  }
}
