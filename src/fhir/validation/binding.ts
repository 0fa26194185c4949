import type { ValueSetCodes } from '../definitions/model.ts';
import { isObject } from '../resource.ts';
import { isCodeOfGrammar } from './code-grammar.ts';
import { quoted } from './run.ts';
import type { Fault } from './run.ts';

/** A required binding, ready to be asked. */
export interface CodeTest {
  /** For a value without system, such as a `code` element. */
  hasCode(code: string): boolean;
  hasToken(system: string | undefined, code: string): boolean;
  /** The value set's name, and the codes to choose from when they are few. */
  readonly advice: string;
}

const MAX_ADVISED_CODES = 40;
const ANY_SYSTEM: ReadonlySet<string> = new Set();

export function codeTest(valueSet: ValueSetCodes): CodeTest {
  const systems = new Map(Object.entries(valueSet.systems).map(([system, codes]) => [system, codes === '*' ? codes : new Set(codes)] as const));
  const codes = [...systems.values()].flatMap((part) => (part === '*' ? [] : [...part]));
  const known = codes.length === 0 ? ANY_SYSTEM : new Set(codes);
  const grammars = [...systems].filter(([, part]) => part === '*').map(([system]) => system);
  return {
    hasCode: (code) => known.has(code) || grammars.some((system) => isCodeOfGrammar(system, code)),
    hasToken: (system, code) => {
      const part = system === undefined ? undefined : systems.get(system);
      return part === '*' ? isCodeOfGrammar(system ?? '', code) : part?.has(code) === true;
    },
    advice: adviceOf(valueSet.url, [...known], grammars),
  };
}

function adviceOf(url: string, codes: readonly string[], systems: readonly string[]): string {
  const name = `the value set ${url.slice(url.lastIndexOf('/') + 1)}`;
  if (codes.length === 0) return `${name} (codes of ${systems.join(' or ')})`;
  if (codes.length > MAX_ADVISED_CODES) return `${name} (${url})`;
  return `${name}; use one of ${codes.join(', ')}`;
}

/** Checks a `code`, or a string or uri that holds one. */
export function codeFault(test: CodeTest, value: unknown): Fault | undefined {
  if (typeof value !== 'string' || test.hasCode(value)) return undefined;
  return { code: 'code-invalid', text: `has the code ${quoted(value)}, which is not in ${test.advice}` };
}

/** Checks a Coding, CodeableConcept or Quantity: of a concept one coding must be in the value set. */
export function conceptFault(test: CodeTest, value: unknown): Fault | undefined {
  if (!isObject(value)) return undefined;
  const codings = Array.isArray(value['coding']) ? value['coding'].filter(isObject) : [value];
  const tokens = codings.map(({ system, code }) => ({ system: textOf(system), code: textOf(code) }));
  if (tokens.some(({ system, code }) => code !== undefined && test.hasToken(system, code))) return undefined;
  const [sent] = tokens.filter(({ code }) => code !== undefined);
  if (sent?.code === undefined) return { code: 'code-invalid', text: `has no code, and one is required from ${test.advice}` };
  const system = sent.system === undefined ? 'without system' : `of system ${quoted(sent.system)}`;
  return { code: 'code-invalid', text: `has the code ${quoted(sent.code)} ${system}, which is not in ${test.advice}` };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
