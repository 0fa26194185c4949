import { isObject } from '../fhir/resource.ts';
import type { JsonValue } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { parametersOf, refused, valueIn } from './operation-input.ts';
import type { Parameter } from './operation-input.ts';

/** An identifier with the domain that gave it. */
export interface DomainIdentifier { readonly system: string; readonly value: string }

/** Of whom somebody wants to know the other identifiers, and in which domains; without any in all. */
export interface PixRequest { readonly source: DomainIdentifier; readonly targetSystems: readonly string[] }

const TAKEN = ['sourceIdentifier', 'targetSystem'];
const MOST_TARGETS = 100;

/**
 * Reads what `$ihe-pix` was sent, in the address or as Parameters.
 *
 * @throws ServiceError 'malformed', 'invalid', 'not-supported' with the element at fault
 * @see https://profiles.ihe.net/ITI/PIXm/ITI-83.html
 */
export function parsePixRequest(services: Pick<Services, 'fhir'>, body: unknown, query: readonly (readonly [string, string])[]): PixRequest {
  if (body !== undefined && query.length > 0) throw refused('malformed', 'structure', 'The parameters of $ihe-pix come in the body or in the address, not in both', 'Parameters');
  return body === undefined ? inQuery(query) : inParameters(parametersOf(services, body, '$ihe-pix', TAKEN));
}

function inQuery(query: readonly (readonly [string, string])[]): PixRequest {
  const unknown = query.find(([name]) => !TAKEN.includes(name));
  if (unknown !== undefined) throw refused('not-supported', 'not-supported', `$ihe-pix takes the parameters ${TAKEN.join(', ')}`, 'Parameters.parameter');
  const sources = query.filter(([name]) => name === 'sourceIdentifier').map(([, value]) => tokenOf(value, 'sourceIdentifier'));
  return request(sources, query.filter(([name]) => name === 'targetSystem').map(([, value]) => value));
}

function inParameters(parameters: readonly Parameter[]): PixRequest {
  const named = (name: string): readonly Parameter[] => parameters.filter((parameter) => parameter.name === name);
  const sources = named('sourceIdentifier').map((parameter) => identifierOf(valueIn(parameter, 'valueIdentifier', 'valueString'), parameter.at));
  const targets = named('targetSystem').map((parameter) => {
    const system = valueIn(parameter, 'valueUri', 'valueString', 'valueUrl', 'valueCanonical');
    if (typeof system !== 'string') throw refused('malformed', 'value', 'A targetSystem is a uri', `${parameter.at}.value`);
    return system;
  });
  return request(sources, targets);
}

function request(sources: readonly DomainIdentifier[], targetSystems: readonly string[]): PixRequest {
  const [source, second] = sources;
  if (source === undefined) throw refused('malformed', 'required', '$ihe-pix needs a sourceIdentifier, <system>|<value>', 'sourceIdentifier');
  if (second !== undefined) throw refused('malformed', 'structure', '$ihe-pix takes one sourceIdentifier', 'sourceIdentifier');
  if (targetSystems.length > MOST_TARGETS) throw refused('malformed', 'too-costly', `$ihe-pix takes at most ${MOST_TARGETS} targetSystems`, 'targetSystem');
  return { source, targetSystems: [...new Set(targetSystems)] };
}

function identifierOf(value: JsonValue, at: string): DomainIdentifier {
  if (typeof value === 'string') return tokenOf(value, `${at}.value`);
  const { system, value: number } = isObject(value) ? value : {};
  if (typeof system !== 'string' || typeof number !== 'string' || system === '' || number === '') throw refused('malformed', 'value', 'A sourceIdentifier has a system and a value', `${at}.value`);
  return { system, value: number };
}

function tokenOf(text: string, at: string): DomainIdentifier {
  const bar = text.indexOf('|');
  if (bar <= 0 || bar === text.length - 1) throw refused('malformed', 'value', 'A sourceIdentifier is written <system>|<value>', at);
  return { system: text.slice(0, bar), value: text.slice(bar + 1) };
}
