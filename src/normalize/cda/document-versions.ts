import { sourceUri } from '../derive-id.ts';
import type { Header } from './header.ts';
import type { Identifier } from './identifiers.ts';

/** Extension of a DocumentReference, R5's element in R4. @see https://hl7.org/fhir/R5/documentreference-definitions.html#DocumentReference.version */
export const DOCUMENT_VERSION = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.version';
/** @see http://hl7.org/fhir/R4/extension-composition-clinicaldocument-versionnumber.html */
export const COMPOSITION_VERSION = 'http://hl7.org/fhir/StructureDefinition/composition-clinicaldocument-versionNumber';

/** System of what all versions of a document have in common. */
export function documentSetSystem(source: string): string {
  return `${sourceUri(source)}/cda-document-set`;
}

/**
 * The number of the set to which a document belongs, as a number of its own kind: often the set is called like its first
 * document, and a reference to that must not lead to a later one.
 */
export function setIdentifiers(source: string, { set }: Header): readonly Identifier[] {
  return set === undefined ? [] : [{ system: documentSetSystem(source), value: `${set.system}|${set.value}` }];
}
