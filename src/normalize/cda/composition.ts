import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { RecordContext } from './context.ts';
import { timeAt } from './context.ts';
import { dataElementOf, ELEMENT, labelOf, statementsIn, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import { categoryOf, custodianOf } from './document-reference.ts';
import { COMPOSITION_VERSION } from './document-versions.ts';
import type { XmlElement } from './element.ts';
import { ancestorOf, attributeOf, childAt, childrenOf, textIn } from './element.ts';
import { narrativeOf, paragraph, wrapNarrative } from './narrative.ts';
import { ownOrganization, personIn, personsIn } from './people.ts';
import { sectionsOf } from './sections.ts';

/** Statements of a test item are told by its result; as a list of fragments they would tell nothing. */
const OF_ITEMS: ReadonlySet<string> = new Set([
  ELEMENT.itemCode, ELEMENT.itemName, ELEMENT.resultCode, ELEMENT.quantity, ELEMENT.unit, ELEMENT.specimenType, ELEMENT.specimenState, ELEMENT.specimenFixative,
]);

/** The document with its sections as they are read, each beside the records that were made of it. */
export function addComposition(context: RecordContext): void {
  const { root, header, sender, records } = context;
  if (header.createdAt === undefined) return;
  const bySection = referencesBySection(context);
  const title = header.title ?? '共享文档';
  const authors = personsIn(context, childrenOf(root, 'author'));
  records.add(defined({
    resourceType: 'Composition',
    extension: header.version === undefined ? [] : [{ url: COMPOSITION_VERSION, valueString: header.version }],
    identifier: header.identifier,
    status: header.isRevision ? 'amended' : 'final',
    type: header.type ?? { text: title },
    category: categoryOf(header),
    subject: context.subject,
    encounter: context.encounter,
    date: header.createdAt,
    author: authors.length > 0 ? authors : [ownOrganization(sender)],
    title,
    attester: attestersOf(context),
    custodian: custodianOf(context),
    relatesTo: header.replaces === undefined ? [] : [{ code: 'replaces', targetIdentifier: header.replaces }],
    section: sectionsOf(root).map((section) => renderSection(section, bySection)).filter((section) => section !== undefined),
  }), root, { elements: { date: childAt(root, 'effectiveTime'), title: childAt(root, 'title'), author: childAt(root, 'author') } });
}

/** A report of the whole document stands in the first section that holds any record. */
function referencesBySection({ records }: RecordContext): ReadonlyMap<XmlElement, readonly JsonObject[]> {
  const bySection = new Map<XmlElement, JsonObject[]>();
  for (const { from, fullUrl, resource } of records.entries) {
    const section = from.name === 'section' ? from : ancestorOf(from, 'section') ?? (resource.resourceType === 'DiagnosticReport' ? bySection.keys().next().value : undefined);
    if (section === undefined || fullUrl === undefined) continue;
    const references = bySection.get(section) ?? [];
    bySection.set(section, references);
    references.push({ reference: fullUrl });
  }
  return bySection;
}

/** A section without text, records and sections in it says nothing, and R4 has no place for it. */
function renderSection(section: XmlElement, bySection: ReadonlyMap<XmlElement, readonly JsonObject[]>): JsonObject | undefined {
  const code = childAt(section, 'code');
  const written = narrativeOf(childAt(section, 'text'));
  const html = written === '' ? statedIn(section) : written;
  const entry = bySection.get(section) ?? [];
  const parts = childrenOf(section, 'component').flatMap((component) => childrenOf(component, 'section')).map((part) => renderSection(part, bySection)).filter((part) => part !== undefined);
  if (html === '' && entry.length === 0 && parts.length === 0) return undefined;
  return defined({
    title: textIn(childAt(section, 'title')) ?? attributeOf(code, 'displayName'),
    code: conceptOf(code),
    text: html === '' ? undefined : { status: written === '' ? 'generated' : 'additional', div: wrapNarrative(html) },
    entry,
    section: parts,
  });
}

/** Most documents say everything in their entries and leave the narrative empty. */
function statedIn(section: XmlElement): string {
  return childrenOf(section, 'entry').flatMap(statementsIn).map((observation) => {
    const element = dataElementOf(observation);
    const words = element === undefined || OF_ITEMS.has(element) ? undefined : wordsOf(observation);
    return words === undefined ? '' : paragraph(labelOf(observation), withUnit(words, observation));
  }).join('');
}

function withUnit(words: string, observation: XmlElement): string {
  const value = childAt(observation, 'value');
  const code = attributeOf(value, 'code');
  if (attributeOf(value, 'value') !== words) return code === undefined || code === words ? words : `${words} (${code})`;
  if (words === 'true' || words === 'false') return words === 'true' ? '是' : '否';
  return [words, attributeOf(value, 'unit') ?? attributeOf(value, 'currency')].filter((part) => part !== undefined).join(' ');
}

function attestersOf(context: RecordContext): readonly JsonObject[] {
  return [...signedBy(context, 'legalAuthenticator', 'legal'), ...signedBy(context, 'authenticator', 'professional')];
}

function signedBy(context: RecordContext, name: string, mode: string): readonly JsonObject[] {
  return childrenOf(context.root, name).flatMap((role) => {
    const party = personIn(context, role);
    return party === undefined ? [] : [defined({ mode, time: timeAt(context, childAt(role, 'time')), party })];
  });
}
