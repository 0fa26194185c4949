import type { BrokenGlass, Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { recordsWithKeys } from './find-records.ts';
import { knownAtInstitution } from './known-at-institution.ts';
import type { MatchRecord } from './match-record.ts';
import { matchRecord } from './match-record.ts';
import { MATCH_GRADE_URL, probabilityOf } from './match-score.ts';
import type { MatchRequest } from './match-request.ts';
import { judge } from './matching/index.ts';
import type { Judgement } from './matching/index.ts';
import { personsOf, personsWith } from './persons.ts';
import type { Person } from './person.ts';

/** Extension of an entry: the Person to whom the record belongs, so that records of one person are recognised. */
export const PERSON_URL = 'https://bund.example/StructureDefinition/person';

/** A stored record beside the one that somebody looks for. */
export interface Match { readonly record: MatchRecord; readonly judgement: Judgement }

const DEFAULT_COUNT = 20;
/** Those that are certainly another person are not told. */
const RANKS: Readonly<Record<Judgement['grade'], number>> = { certain: 0, probable: 1, possible: 2, not: 3 };

/**
 * The records that may be of the person whom a Patient describes, the likeliest first, as far as the caller may know of them.
 * With `onlyCertainMatches` those of one person alone: where several persons match with certainty, none is told.
 *
 * @returns a Bundle of type searchset
 * @throws ServiceError 'forbidden'
 * @see https://hl7.org/fhir/R4/patient-operation-match.html
 */
export async function matchPatient(services: Services, caller: Caller, request: MatchRequest, base: string): Promise<JsonObject> {
  const sought = matchRecord({ ...request.patient, id: '' });
  const opened = caller.breakGlass === undefined ? undefined : await matchesOf(services, sought, []);
  const permit = await authorize(services, caller, {
    action: 'identity-match', type: 'Patient', query: 'Patient/$match', ...(caller.source === undefined ? {} : { source: caller.source }), ...(opened === undefined ? {} : { patients: namedBy(opened) }),
  });
  const limits = [...permit.limits, ...knownAtInstitution(services, caller)];
  const matches = permit.breakGlass === undefined ? await matchesOf(services, sought, limits) : openedBy(permit.breakGlass, opened ?? []);
  const persons = matches.length === 0 ? [] : (await personsOf(services, matches.map(({ record }) => record.patient))).persons;
  const told = toldOf(request, matches, persons).slice(0, Math.min(request.count ?? DEFAULT_COUNT, services.config.limits.page));
  await recordTrace(services, caller, {
    action: 'operation', interaction: 'match', outcome: 'success', query: 'Patient/$match', patients: told.map(({ record }) => `Patient/${record.patient}`),
    ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  });
  const advice = adviceOn(request, sought, matches, told);
  return {
    resourceType: 'Bundle', id: services.newId(), meta: { lastUpdated: services.clock().toISOString() }, type: 'searchset', total: told.length,
    link: [{ relation: 'self', url: `${base}/Patient/$match` }],
    ...(told.length + advice.length === 0 ? {} : { entry: [...told.map((match) => entryOf(match, persons, base)), ...advice] }),
  };
}

/** All records that share a key with the one sought and are not certainly another person's, the likeliest first. */
async function matchesOf(services: Services, sought: MatchRecord, limits: readonly Clause[]): Promise<readonly Match[]> {
  const { records } = await recordsWithKeys(services, sought.keys, limits);
  return records.map((record): Match => ({ record, judgement: judge(sought.features, record.features, services.matching) }))
    .filter(({ judgement }) => judgement.grade !== 'not')
    .sort((a, b) => RANKS[a.judgement.grade] - RANKS[b.judgement.grade] || b.judgement.score - a.judgement.score || (a.record.patient < b.record.patient ? -1 : 1));
}

/** For whom the glass is broken: the best matches must be records of one person. */
function namedBy(matches: readonly Match[]): readonly string[] {
  const best = matches[0]?.judgement.grade;
  return matches.filter(({ judgement }) => judgement.grade === best).map(({ record }) => record.patient);
}

function openedBy({ patients }: BrokenGlass, matches: readonly Match[]): readonly Match[] {
  return matches.filter(({ record }) => patients.includes(record.patient));
}

function toldOf({ onlyCertainMatches }: MatchRequest, matches: readonly Match[], persons: readonly Person[]): readonly Match[] {
  if (!onlyCertainMatches) return matches;
  const certain = matches.filter(({ judgement }) => judgement.grade === 'certain');
  return new Set(certain.map(({ record }) => personIdOf(persons, record.patient))).size > 1 ? [] : certain;
}

function personIdOf(persons: readonly Person[], patient: string): string | undefined {
  return personsWith(persons, patient)[0]?.id;
}

function entryOf({ record, judgement }: Match, persons: readonly Person[], base: string): JsonObject {
  const person = personIdOf(persons, record.patient);
  return {
    fullUrl: `${base}/Patient/${record.patient}`,
    resource: record.resource,
    search: {
      extension: [{ url: MATCH_GRADE_URL, valueCode: judgement.grade }, ...(person === undefined ? [] : [{ url: PERSON_URL, valueReference: { reference: `Person/${person}` } }])],
      mode: 'match', score: probabilityOf(judgement),
    },
  };
}

/** What helps somebody who is told nothing. */
function adviceOn({ onlyCertainMatches }: MatchRequest, sought: MatchRecord, matches: readonly Match[], told: readonly Match[]): readonly JsonObject[] {
  if (told.length > 0) return [];
  const sentence = sought.keys.length === 0 ? 'There is too little to look for anybody by: give a name with a birth date, an identifier or a phone'
    : onlyCertainMatches && matches.some(({ judgement }) => judgement.grade === 'certain') ? 'Several persons match with certainty, so that none is told; ask without onlyCertainMatches'
      : undefined;
  if (sentence === undefined) return [];
  const { resourceType, issue } = operationOutcome([{ severity: 'information', code: sought.keys.length === 0 ? 'incomplete' : 'multiple-matches', diagnostics: sentence }]);
  return [{ resource: { resourceType, issue: issue.map(({ severity, code, diagnostics }) => ({ severity, code, diagnostics })) }, search: { mode: 'outcome' } }];
}
