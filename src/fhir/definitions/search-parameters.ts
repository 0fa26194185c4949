import type { JsonObject } from '../resource.ts';
import type { SearchParameterDefinition } from './model.ts';
import { objects, requiredText, text, texts } from './source.ts';

const TYPES = ['number', 'date', 'string', 'token', 'reference', 'composite', 'quantity', 'uri', 'special'] as const;

/** Distils a SearchParameter resource. @throws Error for one without url, code or a type of R4 */
export function searchParameterOf(parameter: JsonObject): SearchParameterDefinition {
  const expression = text(parameter, 'expression');
  const type = TYPES.find((name) => name === parameter['type']);
  if (type === undefined) throw new Error(`SearchParameter ${requiredText(parameter, 'url')} has no known type`);
  return {
    url: requiredText(parameter, 'url'), code: requiredText(parameter, 'code'), base: texts(parameter, 'base'), type,
    ...(expression === undefined ? {} : { expression }),
    targets: texts(parameter, 'target'),
    description: firstSentence(text(parameter, 'description') ?? ''),
    components: objects(parameter, 'component').map((component) => ({
      definition: requiredText(component, 'definition'), expression: requiredText(component, 'expression'),
    })),
  };
}

/** Shared parameters are described for each of their types, line after line; the first line will do. */
function firstSentence(description: string): string {
  const line = description.split(/[\r\n]+/).find((part) => part.trim() !== '' && !part.startsWith('Multiple Resources')) ?? '';
  return line.replace(/^\* \[[^\]]*\]\([^)]*\): /, '').trim();
}
