import { foldText } from '../../fhir/search/fold.ts';
import type { JsonValue } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';

/** A class of specimens, or a part of the body, and what it is called in records. */
export interface Term {
  /** As the catalogue has it: `serum`, `chest`. */
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly words: readonly string[];
  /** `system|code`. */
  readonly codes: readonly string[];
  readonly unverified?: true | undefined;
}

/** Finds the term for a CodeableConcept or a Coding; undefined where the list has none for it. */
export type Vocabulary = (concept: JsonValue | undefined) => string | undefined;

export function vocabularyOf(terms: readonly Term[]): Vocabulary {
  const byWord = new Map(terms.flatMap(({ code, zh, en, words }) => [code, zh, en, ...words].map((word) => [foldText(word), code] as const)));
  const byCode = new Map(terms.flatMap(({ code, codes }) => codes.map((one) => [one, code] as const)));
  return (concept) => {
    if (!isObject(concept)) return undefined;
    const codings = isList(concept['coding']) ? concept['coding'].filter(isObject) : [concept];
    const coded = codings.map((coding) => byCode.get(`${textOf(coding['system'])}|${textOf(coding['code'])}`)).find((code) => code !== undefined);
    return coded ?? [concept['text'], ...codings.map((coding) => coding['display'])].map((word) => byWord.get(foldText(textOf(word).trim()))).find((code) => code !== undefined);
  };
}
