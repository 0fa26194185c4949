import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf } from './element.ts';

/** The outer sections of a document. Some systems leave the structured body out and put the sections right below the document. */
export function sectionsOf(root: XmlElement): readonly XmlElement[] {
  return childrenOf(root, 'component').flatMap((component) => [
    ...childrenOf(component, 'section'),
    ...childrenOf(component, 'structuredBody').flatMap((body) => childrenOf(body, 'component')).flatMap((part) => childrenOf(part, 'section')),
  ]);
}

/** All sections, those inside others too. */
export function allSectionsOf(root: XmlElement): readonly XmlElement[] {
  return sectionsOf(root).flatMap(withParts);
}

function withParts(section: XmlElement): readonly XmlElement[] {
  return [section, ...childrenOf(section, 'component').flatMap((component) => childrenOf(component, 'section')).flatMap(withParts)];
}

/** Code of what a section is about; '' for one that has a name only. */
export function sectionCode(section: XmlElement): string {
  return attributeOf(childAt(section, 'code'), 'code') ?? '';
}

/** Diagnosis, admission diagnosis, discharge diagnosis. */
export const DIAGNOSIS_SECTIONS: ReadonlySet<string> = new Set(['29548-5', '46241-6', '11535-2']);
