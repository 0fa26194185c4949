import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { MatchRecord } from './match-record.ts';
import { matchRecord, storedRecord } from './match-record.ts';
import { MATCH_GRADE_URL, probabilityOf } from './match-score.ts';
import { judge } from './matching/index.ts';
import { objectsOf } from '../fhir/resource.ts';

/** How well a Patient that a search found fits what it asked for. */
export interface MatchQuality { readonly grade: 'certain' | 'probable' | 'possible'; readonly score: number }

type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * The quality of each match of a search for Patients, as PDQm asks for it: whoever fits an identifier with its system is meant,
 * any other fits as well as a record that says what the search says.
 *
 * @param asked names and values of the search as it was written
 * @returns a function over stored Patients; undefined for a search that describes nobody
 * @see https://profiles.ihe.net/ITI/PDQm/ITI-78.html
 */
export function matchQuality({ matching }: Pick<Services, 'matching'>, asked: Pairs): ((id: string, body: string) => MatchQuality) | undefined {
  const identifiers = valuesOf(asked, 'identifier').map(identifierOf);
  const described = describedBy(asked, identifiers);
  if (described === undefined) return undefined;
  const sought = matchRecord(described);
  return (id, body) => {
    const record = storedRecord(id, body);
    if (identifiers.some((identifier) => carries(record, identifier))) return { grade: 'certain', score: 1 };
    const { grade, rule, score } = judge(sought.features, record.features, matching);
    // It fits all that was asked for, however little that was.
    return { grade: grade === 'not' ? 'possible' : grade, score: probabilityOf({ rule, score }) };
  };
}

/** What FHIR says of a match beside its mode. */
export function qualityMembers({ grade, score }: MatchQuality): JsonObject {
  return { extension: [{ url: MATCH_GRADE_URL, valueCode: grade }], score };
}

/** The Patient whom a search describes. Ranges, lists and modifiers describe nobody in particular. */
function describedBy(asked: Pairs, identifiers: readonly JsonObject[]): (Resource & { readonly id: string }) | undefined {
  const first = (...names: readonly string[]): string | undefined => names.flatMap((name) => valuesOf(asked, name))[0];
  const [family, given, text] = [first('family', 'family:exact'), first('given', 'given:exact'), first('name', 'name:exact')];
  const [birthDate, gender] = [first('birthdate'), first('gender')];
  const telecom = [...valuesOf(asked, 'phone'), ...valuesOf(asked, 'telecom')].map((value) => ({ system: 'phone', value: value.slice(value.indexOf('|') + 1) }));
  const address = [first('address'), first('address-city'), first('address-postalcode')].filter((part) => part !== undefined).join('');
  const hasName = family !== undefined || given !== undefined || text !== undefined;
  if (!hasName && identifiers.length + telecom.length === 0 && birthDate === undefined && gender === undefined && address === '') return undefined;
  return {
    resourceType: 'Patient', id: 'sought',
    ...(identifiers.length === 0 ? {} : { identifier: identifiers }),
    ...(hasName ? { name: [{ ...(text === undefined ? {} : { text }), ...(family === undefined ? {} : { family }), ...(given === undefined ? {} : { given: [given] }) }] } : {}),
    ...(birthDate === undefined || !/^(eq)?\d{4}-\d{2}-\d{2}$/.test(birthDate) ? {} : { birthDate: birthDate.replace('eq', '') }),
    ...(gender === undefined ? {} : { gender }),
    ...(telecom.length === 0 ? {} : { telecom }),
    ...(address === '' ? {} : { address: [{ text: address }] }),
  };
}

/** A list of alternatives says nothing of anybody. */
function valuesOf(asked: Pairs, name: string): readonly string[] {
  return asked.filter((pair) => pair[0] === name && pair[1] !== '' && !pair[1].includes(',')).map(([, value]) => value);
}

function identifierOf(token: string): JsonObject {
  const bar = token.indexOf('|');
  return bar <= 0 ? { value: token.slice(bar + 1) } : { system: token.slice(0, bar), value: token.slice(bar + 1) };
}

function carries({ resource }: MatchRecord, { system, value }: JsonObject): boolean {
  return system !== undefined && objectsOf(resource['identifier']).some((identifier) => identifier['system'] === system && identifier['value'] === value);
}
