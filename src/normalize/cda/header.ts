import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { timeAt } from './context.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import type { Identifier } from './identifiers.ts';
import { readId } from './identifiers.ts';
import { TEMPLATE } from './oids.ts';
import { isInstant, startOf } from './times.ts';

/** As long as the id of a message on any other channel. */
const MAX_MESSAGE_ID = 256;

export type Template = keyof typeof TEMPLATE;

const TEMPLATES: readonly Template[] = ['laboratoryReport', 'examinationReport', 'outpatientRecord', 'dischargeSummary', 'medicalSummary'];
const TEMPLATES_BY_CODE: ReadonlyMap<string, Template> = new Map([['C0002', 'outpatientRecord'], ['C0006', 'examinationReport'], ['C0007', 'laboratoryReport'], ['C0053', 'dischargeSummary']]);

/** What a document says of itself. */
export interface Header {
  readonly identifier: Identifier;
  /** What all versions of the document have in common, where it says so. */
  readonly setId: Identifier | undefined;
  /** The same, also where the document is called like its set. */
  readonly set: Identifier | undefined;
  /** Whole number that grows with each version of the set. */
  readonly version: string | undefined;
  /** The document that this one is a later version of. */
  readonly replaces: Identifier | undefined;
  /** Whether it is a later version of any. */
  readonly isRevision: boolean;
  /** Undefined for a kind of document that is kept as it is. */
  readonly template: Template | undefined;
  readonly title: string | undefined;
  readonly type: JsonObject | undefined;
  readonly confidentiality: JsonObject | undefined;
  readonly language: string | undefined;
  /** dateTime, as exact as it was sent. */
  readonly createdAt: string | undefined;
  /** Instant at which it was made. */
  readonly instant: string | undefined;
  /** Instant at which its report was issued: a day alone would be before the specimen was taken. */
  readonly issued: string | undefined;
}

/** Reads what stands at the top of every document; undefined, with a fault, for one without an id. */
export function readHeader(context: DocumentContext): Header | undefined {
  const { root, sender, records } = context;
  const id = childAt(root, 'id');
  const identifier = readId(id, sender)?.identifier;
  if (identifier === undefined) {
    records.fault('required', id ?? root, 'A document has an id with root and extension, by which it is known when it comes again');
    return undefined;
  }
  const setId = readId(childAt(root, 'setId'), sender)?.identifier;
  const createdAt = timeAt(context, childAt(root, 'effectiveTime'));
  const template = templateOf(root);
  if (createdAt === undefined && template !== undefined && attributeOf(childAt(root, 'effectiveTime'), 'value') === undefined) {
    records.fault('required', childAt(root, 'effectiveTime') ?? root, 'A document says in effectiveTime when it was made');
  }
  const title = textIn(childAt(root, 'title'));
  const version = versionOf(root);
  const replaces = replacedBy(context);
  const type = conceptOf(childAt(root, 'code'));
  return {
    identifier,
    setId: setId?.value === identifier.value && setId.system === identifier.system ? undefined : setId,
    set: setId,
    version,
    replaces,
    isRevision: replaces !== undefined || Number(version) > 1,
    template,
    title,
    type: type === undefined || title === undefined ? type : { ...type, text: title },
    confidentiality: conceptOf(childAt(root, 'confidentialityCode')),
    language: attributeOf(childAt(root, 'languageCode'), 'code'),
    createdAt,
    instant: createdAt === undefined ? undefined : startOf(createdAt, sender.offset),
    issued: [timeAt(context, childAt(root, 'author', 'time')), timeAt(context, childAt(root, 'legalAuthenticator', 'time')), createdAt].find((time) => time !== undefined && isInstant(time)),
  };
}

/** What the sender calls the message: the id of the document, and its version where it has one. */
export function messageIdOf(root: XmlElement): string | undefined {
  const id = childAt(root, 'id');
  const parts = [attributeOf(id, 'root'), attributeOf(id, 'extension')].filter((part) => part !== undefined);
  const number = sentVersion(root);
  const messageId = parts.join('^') + (number === undefined ? '' : `^v${number}`);
  return parts.length === 0 || messageId.length > MAX_MESSAGE_ID ? undefined : messageId;
}

function sentVersion(root: XmlElement): string | undefined {
  const version = childAt(root, 'versionNumber');
  return attributeOf(version, 'value') ?? textIn(version);
}

/** Anything but a number tells no order. */
function versionOf(root: XmlElement): string | undefined {
  const version = sentVersion(root);
  return version !== undefined && /^\d{1,9}$/.test(version) ? version : undefined;
}

function templateOf(root: XmlElement): Template | undefined {
  const roots = new Set(childrenOf(root, 'templateId').map((template) => attributeOf(template, 'root')));
  const found = TEMPLATES.find((name) => roots.has(TEMPLATE[name]));
  // The template of the first part was copied into documents of all kinds: there the code tells better.
  return found === 'medicalSummary' ? TEMPLATES_BY_CODE.get(attributeOf(childAt(root, 'code'), 'code') ?? '') ?? found : found;
}

/** Templates have an empty parent document where there is none. */
function replacedBy({ root, sender }: DocumentContext): Identifier | undefined {
  const replaced = childrenOf(root, 'relatedDocument').filter((related) => (attributeOf(related, 'typeCode') ?? 'RPLC') === 'RPLC');
  const identifiers = replaced.map((related) => readId(childAt(related, 'parentDocument', 'id'), sender)?.identifier).filter((identifier) => identifier !== undefined);
  const own = readId(childAt(root, 'id'), sender)?.identifier;
  return identifiers.find(({ system, value }) => system !== own?.system || value !== own.value);
}
