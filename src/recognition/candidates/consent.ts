import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { parseMoment } from '../../fhir/dates.ts';
import { codingOf, codingsOf, idsOf, objectsOf } from './elements.ts';

/** A result as far as consent may depend on it. */
export interface Consented { readonly reference: string; readonly report: string | undefined; readonly resource: JsonObject }

/** Who would see it, and when. */
export interface Asking { readonly organization: string; readonly now: Date; readonly offsetMinutes: number }

/** What somebody who is shown a result does with it. @see https://hl7.org/fhir/R4/valueset-consent-action.html */
const SHOWING: ReadonlySet<string> = new Set(['access', 'use', 'disclose']);
/** @see https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html */
const TREATING: ReadonlySet<string> = new Set(['TREAT', 'ETREAT', 'CAREMGT']);

/**
 * Whether a person's consents keep a result from an institution. Every rule that denies counts, wherever it stands, and one
 * denial wins over any number of permits: a person who said no somewhere is not shown because they said yes elsewhere.
 *
 * @param consents active ones of the person, under any of their Patients
 * @see https://hl7.org/fhir/R4/consent.html
 */
export function isRefused(consents: readonly Resource[], result: Consented, asking: Asking): boolean {
  return consents.filter(({ status }) => status === 'active').flatMap(denialsOf).some((rule) => concerns(rule, result, asking));
}

/** A rule without a type in a consent says nothing by itself; those inside it are its exceptions. */
function denialsOf({ provision }: JsonObject): readonly JsonObject[] {
  return objectsOf(provision).flatMap((rule) => [...(rule['type'] === 'deny' ? [rule] : []), ...denialsOf(rule)]);
}

/** What a rule does not mention, it holds for. */
function concerns(rule: JsonObject, result: Consented, asking: Asking): boolean {
  return holdsAt(rule['period'], asking) && namesActor(rule, asking) && namesUse(rule) && namesResult(rule, result);
}

function holdsAt(period: JsonObject[string], { now, offsetMinutes }: Asking): boolean {
  if (!isObject(period)) return true;
  const [start, end] = [parseMoment(textOf(period['start']), offsetMinutes), parseMoment(textOf(period['end']), offsetMinutes)];
  return (start === undefined || start.start <= now.getTime()) && (end === undefined || now.getTime() <= end.end);
}

/** A person or a role whom a rule names may work at the institution: it holds unless it names other institutions alone. */
function namesActor({ actor }: JsonObject, { organization }: Asking): boolean {
  const actors = objectsOf(actor);
  const institutions = actors.map(({ reference }) => idsOf(reference, 'Organization'));
  return actors.length === 0 || institutions.some((ids) => ids.length === 0 || ids.includes(organization));
}

function namesUse({ action, purpose }: JsonObject): boolean {
  const actions = codingsOf(action).map(({ code }) => code);
  const purposes = objectsOf(purpose).map((coding) => codingOf(coding).code);
  return (actions.length === 0 || actions.some((code) => SHOWING.has(code))) && (purposes.length === 0 || purposes.some((code) => TREATING.has(code)));
}

function namesResult({ class: kinds, code, securityLabel, data, dataPeriod }: JsonObject, { reference, report, resource }: Consented): boolean {
  const types = new Set([reference, ...(report === undefined ? [] : [report])].map((text) => text.split('/')[0]));
  const classes = objectsOf(kinds).map((coding) => codingOf(coding).code);
  const named = objectsOf(data).map((one) => (isObject(one['reference']) ? textOf(one['reference']['reference']) : ''));
  const labels = objectsOf(securityLabel).map(codingOf);
  const meta = isObject(resource['meta']) ? objectsOf(resource['meta']['security']).map(codingOf) : [];
  return (classes.length === 0 || classes.some((name) => types.has(name.split('/').at(-1) ?? '')))
    && (code === undefined || shareCode(codingsOf(code), codingsOf(resource['code'] ?? resource['procedureCode'])))
    && (labels.length === 0 || shareCode(labels, meta))
    && (named.length === 0 || named.some((text) => text === reference || text === report))
    // Of a denial for some years nobody can say here that a result without a time is not meant.
    && (dataPeriod === undefined || !isOutside(dataPeriod, resource));
}

function shareCode(asked: readonly { readonly system: string; readonly code: string }[], had: readonly { readonly system: string; readonly code: string }[]): boolean {
  return asked.some(({ system, code }) => had.some((other) => other.system === system && other.code === code));
}

function isOutside(period: JsonObject[string], { effectiveDateTime, started }: JsonObject): boolean {
  const at = parseMoment(textOf(effectiveDateTime ?? started));
  if (!isObject(period) || at === undefined) return false;
  const [start, end] = [parseMoment(textOf(period['start'])), parseMoment(textOf(period['end']))];
  return (start !== undefined && at.end < start.start) || (end !== undefined && at.start > end.end);
}
