import { z } from 'zod';
import type { Issue } from '../fhir/outcome.ts';
import type { Proposal } from './code-mapping.ts';
import { CONDITION_PROPERTIES, EFFECTIVE_URL, unitSystemOf } from './concept-map.ts';
import { localSystemOf } from './create-code-tables.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, UCUM_SYSTEM } from './systems.ts';
import type { Conditions, Equivalence, Period } from './tables.ts';

const target = z.object({
  code: z.string().optional(),
  equivalence: z.enum(['relatedto', 'equivalent', 'equal', 'wider', 'subsumes', 'narrower', 'specializes', 'inexact', 'unmatched', 'disjoint']),
  dependsOn: z.array(z.object({ property: z.string(), value: z.string() })).default([]),
  extension: z.array(z.object({ url: z.string(), valuePeriod: z.object({ start: z.string().optional(), end: z.string().optional() }).optional() })).default([]),
});
const element = z.object({ code: z.string(), display: z.string().default(''), target: z.array(target).default([]) });
const conceptMap = z.object({
  resourceType: z.literal('ConceptMap'),
  url: z.string().optional(), version: z.string().optional(),
  group: z.array(z.object({ source: z.string().optional(), target: z.string().optional(), element: z.array(element) })).default([]),
});

/** The words of R4 that the tables do without; `unmatched` and `disjoint` say that there is no mapping. */
const EQUIVALENCE_OF: Readonly<Record<z.infer<typeof target>['equivalence'], Equivalence | undefined>> = {
  equal: 'equal', equivalent: 'equivalent', wider: 'wider', subsumes: 'wider', narrower: 'narrower', specializes: 'narrower', relatedto: 'relatedto', inexact: 'relatedto', unmatched: undefined, disjoint: undefined,
};
const STANDARD: ReadonlySet<string | undefined> = new Set([ITEM_SYSTEM, LOINC_SYSTEM, UCUM_SYSTEM]);

/** A mapping that a ConceptMap proposes, and where it stands in it. */
export interface MapEntry { readonly proposal: Proposal; readonly at: string }
export interface ReadConceptMap { readonly entries: readonly MapEntry[]; readonly faults: readonly Issue[] }

/** One target of a local code, in the item's or the LOINC group. */
interface CodeTarget { readonly local: string; readonly display: string; readonly code: string; readonly equivalence: Equivalence; readonly when: Conditions; readonly effective: Period; readonly at: string }

/**
 * Reads the map of one source as proposals: what its items' group says of a code, joined with what its LOINC group says of it.
 * A code that has a LOINC only gets the item that this implies, later.
 *
 * @param body parsed JSON
 */
export function readConceptMap(source: string, body: unknown): ReadConceptMap {
  const parsed = conceptMap.safeParse(body);
  if (!parsed.success) return { entries: [], faults: parsed.error.issues.map((issue) => fault(`ConceptMap.${issue.path.join('.')}`, issue.message)) };
  const { url = 'a ConceptMap', version, group } = parsed.data;
  const reason = `Imported from ${url}${version === undefined ? '' : `|${version}`}`;
  const faults = group.flatMap((one, at) => groupFaults(source, one, `ConceptMap.group[${at}]`));
  const found = (system: string): readonly CodeTarget[] => group.flatMap((one, at) => (one.target === system ? targetsOf(one.element, `ConceptMap.group[${at}]`) : []));
  const [items, loincs] = [found(ITEM_SYSTEM), found(LOINC_SYSTEM)];
  const loincOf = new Map(loincs.map((one) => [keyOf(one), one]));
  const withItem = items.flatMap((one): readonly (MapEntry | Issue)[] => {
    const loinc = loincOf.get(keyOf(one));
    return loinc === undefined ? [fault(one.at, `${one.local} has the item ${one.code} and no LOINC under the same conditions`)] : [{ at: one.at, proposal: { ...codeProposal(source, one, reason), item: one.code, loinc: loinc.code } }];
  });
  const known = new Set(items.map(keyOf));
  const withoutItem = loincs.filter((one) => !known.has(keyOf(one))).map((one) => ({ at: one.at, proposal: codeProposal(source, one, reason) }));
  const units = found(UCUM_SYSTEM).map(({ local, code, at }): MapEntry => ({ at, proposal: { kind: 'unit', source, local, ucum: code, reason } }));
  return { entries: [...withItem.filter((one) => 'proposal' in one), ...withoutItem, ...units], faults: [...faults, ...withItem.filter((one) => 'severity' in one)] };
}

function groupFaults(source: string, { source: from, target: to }: { readonly source?: string | undefined; readonly target?: string | undefined }, at: string): readonly Issue[] {
  if (STANDARD.has(from)) return [fault(`${at}.source`, 'The group leads from the standard to the local codes: turn it round, and each equivalence with it')];
  if (!STANDARD.has(to)) return [fault(`${at}.target`, `The target must be ${ITEM_SYSTEM}, ${LOINC_SYSTEM} or ${UCUM_SYSTEM}`)];
  const wanted = to === UCUM_SYSTEM ? unitSystemOf(source) : localSystemOf(source);
  return from === wanted ? [] : [fault(`${at}.source`, `The group of ${source} must lead from ${wanted}`)];
}

function targetsOf(elements: readonly z.infer<typeof element>[], at: string): readonly CodeTarget[] {
  return elements.flatMap(({ code: local, display, target: targets }, i) => targets.flatMap(({ code, equivalence: sent, dependsOn, extension }, j): CodeTarget[] => {
    const equivalence = EQUIVALENCE_OF[sent];
    if (equivalence === undefined || code === undefined) return [];
    const period = extension.find(({ url }) => url === EFFECTIVE_URL)?.valuePeriod;
    const condition = (name: keyof Conditions): string | undefined => dependsOn.find(({ property }) => property === CONDITION_PROPERTIES[name])?.value;
    return [{ local, display, code, equivalence, when: { specimen: condition('specimen'), method: condition('method'), unit: condition('unit') }, effective: { from: period?.start, to: period?.end }, at: `${at}.element[${i}].target[${j}]` }];
  }));
}

function codeProposal(source: string, { local, display, code, equivalence, when, effective }: CodeTarget, reason: string): Extract<Proposal, { kind: 'code' }> {
  const isConditional = Object.values(when).some((condition) => condition !== undefined);
  const hasDays = effective.from !== undefined || effective.to !== undefined;
  return { kind: 'code', source, local, display, loinc: code, equivalence, ...(isConditional ? { when } : {}), ...(hasDays ? { effective } : {}), reason };
}

function keyOf({ local, when, effective }: CodeTarget): string {
  return JSON.stringify([local, when.specimen, when.method, when.unit, effective.from, effective.to]);
}

function fault(expression: string, diagnostics: string): Issue {
  return { severity: 'error', code: 'invalid', diagnostics, expression };
}
