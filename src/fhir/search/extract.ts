import type { Definitions } from '../definitions/model.ts';
import type { Item, Path } from '../path/compile.ts';
import type { Resource } from '../resource.ts';
import { clinicalDateOf, patientParametersOf, patientsOf } from './compartment.ts';
import { dateAdder } from './date-terms.ts';
import type { SearchParameters } from './parameters.ts';
import type { TermKind } from './query.ts';
import { addNumbers, addQuantities } from './quantity-terms.ts';
import { referenceAdder } from './reference-terms.ts';
import { STORE_PARAMETERS, createSearchParameters, pathOfParameter } from './registry.ts';
import { addStrings } from './string-terms.ts';
import { dropRepeated, emptyTermLists, type TermLists } from './term-lists.ts';
import type { IndexTerms } from './terms.ts';
import { tokenAdder } from './token-terms.ts';
import { addUris } from './uri-terms.ts';

export interface ExtractOptions {
  /** Public address of this server's FHIR API, without a slash at the end: references below it are local. */
  readonly baseUrl?: string;
  /** East of UTC, for dates without time zone; 0 by default. A search must be read with the same. */
  readonly offsetMinutes?: number;
}

type Adders = Readonly<Record<TermKind, (item: Item, param: string, into: TermLists) => void>>;
interface Step { readonly param: string; readonly kind: TermKind; readonly path: Path }
interface Plan { readonly steps: readonly Step[]; readonly patientParameters: ReadonlySet<string> }

/**
 * Makes the function that finds everything a resource can be searched by. The parameters of a type are compiled when its
 * first resource comes. Data that does not fit its type yields no term and never throws; a resource of an unknown type
 * yields nothing.
 *
 * @throws Error at once for an own search parameter whose expression cannot be compiled
 */
export function createExtractor(definitions: Definitions, options: ExtractOptions = {}): (resource: Resource) => IndexTerms {
  const adders = addersOf(options, definitions.preferredSystems);
  const searchParameters = createSearchParameters(definitions);
  const plans = new Map<string, Plan>();
  const planOf = (type: string): Plan => {
    const known = plans.get(type);
    if (known !== undefined) return known;
    const plan = makePlan(definitions, searchParameters, type);
    // Of what is no type of R4 there is no end.
    if (definitions.resourceTypes.includes(type)) plans.set(type, plan);
    return plan;
  };
  for (const type of typesOfOwnParameters(definitions)) planOf(type);
  return (resource) => extract(resource, planOf(resource.resourceType), adders);
}

function extract(resource: Resource, plan: Plan, adders: Adders): IndexTerms {
  const terms = emptyTermLists();
  const environment = { resource, rootResource: resource };
  for (const { param, kind, path } of plan.steps) {
    const items = path.evaluate(resource, environment);
    if (items.length === 0) continue;
    const start = terms[kind].length;
    const tokenStart = terms.token.length;
    for (const item of items) adders[kind](item, param, terms);
    dropRepeated(terms[kind], start);
    // A reference by identifier makes a token.
    if (kind === 'reference') dropRepeated(terms.token, tokenStart);
  }
  return { ...terms, patients: patientsOf(resource, terms, plan.patientParameters), clinicalDate: clinicalDateOf(resource.resourceType, terms.date) };
}

function addersOf({ baseUrl, offsetMinutes = 0 }: ExtractOptions, systems: Definitions['preferredSystems']): Adders {
  return {
    token: tokenAdder(systems), string: addStrings, reference: referenceAdder(baseUrl, systems), date: dateAdder(offsetMinutes),
    number: addNumbers, quantity: addQuantities, uri: addUris,
  };
}

function makePlan(definitions: Definitions, searchParameters: SearchParameters, type: string): Plan {
  const parameters = searchParameters.of(type);
  const steps = [...parameters.values()].flatMap(({ code, kind, definition }): Step[] => (
    kind === undefined || STORE_PARAMETERS.has(code) ? [] : [{ param: code, kind, path: pathOfParameter(definitions, type, definition) }]
  ));
  return { steps, patientParameters: patientParametersOf(definitions, type, parameters) };
}

/** A fault in a parameter of `profiles/fhir/` must show at start, not at the first resource of its type. */
function typesOfOwnParameters(definitions: Definitions): ReadonlySet<string> {
  const own = definitions.searchParameters.filter((definition) => !definition.url.startsWith('http://hl7.org/fhir/'));
  return new Set(own.flatMap((definition) => definition.base).filter((base) => definitions.resourceTypes.includes(base)));
}
