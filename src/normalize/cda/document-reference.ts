import { hash } from 'node:crypto';
import type { JsonObject } from '../../fhir/resource.ts';
import { isList, isObject } from '../../fhir/resource.ts';
import type { DocumentContext, RecordContext } from './context.ts';
import { periodAt } from './context.ts';
import { defined } from '../defined.ts';
import { childAt, childrenOf } from './element.ts';
import { DOCUMENT_VERSION, setIdentifiers } from './document-versions.ts';
import type { Header, Template } from './header.ts';
import { LOINC, TEMPLATE } from './oids.ts';
import { organizationOf, ownOrganization, personIn, personsIn } from './people.ts';

export const XML_TYPE = 'application/xml';

/** Kind of document, by which documents of all senders are found. @see https://loinc.org/document-ontology */
const CATEGORIES: Readonly<Record<Template, JsonObject>> = {
  laboratoryReport: { system: LOINC, code: '11502-2', display: 'Laboratory report' },
  examinationReport: { system: LOINC, code: '18748-4', display: 'Diagnostic imaging study' },
  outpatientRecord: { system: LOINC, code: '34108-1', display: 'Outpatient Note' },
  medicalSummary: { system: LOINC, code: '34133-9', display: 'Summary of episode note' },
  dischargeSummary: { system: LOINC, code: '18842-5', display: 'Discharge summary' },
};

export function categoryOf({ template }: Header): readonly JsonObject[] {
  return template === undefined ? [] : [{ coding: [CATEGORIES[template]] }];
}

/**
 * The document itself, to the byte. Who may read the patient's record may read it: a Binary says so by its security context.
 *
 * @returns Reference to the Binary
 */
export function addBinary({ root, records }: DocumentContext, header: Header, subject: JsonObject, bytes: Buffer): JsonObject {
  const label = confidentialityOf(header);
  const { system, value } = header.identifier;
  return records.add(defined({
    resourceType: 'Binary',
    ...(label.length === 0 ? {} : { meta: { security: label } }),
    contentType: XML_TYPE,
    securityContext: subject,
    data: bytes.toString('base64'),
  }), root, { ownId: hash('sha256', `${system}|${value}`) });
}

/** What the exchange knows of the document: the index by which it is found. */
export function addDocumentReference(context: RecordContext, bytes: Buffer): void {
  const { root, header, sender, records } = context;
  const service = childAt(root, 'documentationOf', 'serviceEvent', 'effectiveTime') ?? childAt(root, 'componentOf', 'encompassingEncounter', 'effectiveTime');
  const period = periodAt(context, service);
  const authors = personsIn(context, childrenOf(root, 'author'));
  records.add(defined({
    resourceType: 'DocumentReference',
    extension: header.version === undefined ? [] : [{ url: DOCUMENT_VERSION, valueString: header.version }],
    masterIdentifier: header.identifier,
    identifier: [header.identifier, ...setIdentifiers(sender.id, header)],
    status: 'current',
    docStatus: header.isRevision ? 'amended' : 'final',
    type: header.type,
    category: categoryOf(header),
    subject: context.subject,
    date: header.instant,
    author: authors.length > 0 ? authors : [ownOrganization(sender)],
    authenticator: personIn(context, childAt(root, 'legalAuthenticator')),
    custodian: custodianOf(context),
    relatesTo: header.replaces === undefined ? [] : [{ code: 'replaces', target: { type: 'DocumentReference', identifier: header.replaces } }],
    description: header.title,
    securityLabel: header.confidentiality === undefined ? [] : [header.confidentiality],
    content: [defined({ attachment: attachmentOf(context, bytes), format: formatOf(header) })],
    context: contextOf(context.encounter, period),
  }), root, { elements: { type: childAt(root, 'code'), date: childAt(root, 'effectiveTime'), identifier: childAt(root, 'id'), author: childAt(root, 'author') } });
}

/** The address of the Binary is put in place of its placeholder when the records get their ids. */
function attachmentOf({ header, binary }: RecordContext, bytes: Buffer): JsonObject {
  return defined({
    contentType: XML_TYPE, language: header.language ?? 'zh-CN', url: binary['reference'], size: bytes.length,
    hash: hash('sha1', bytes, 'base64'), title: header.title, creation: header.createdAt,
  });
}

/** The document as a form of a report. */
export function presentedForm({ header, binary }: RecordContext): JsonObject {
  return defined({ contentType: XML_TYPE, language: header.language ?? 'zh-CN', url: binary['reference'], title: header.title, creation: header.createdAt });
}

export function custodianOf({ root, sender }: DocumentContext): JsonObject {
  return organizationOf(childAt(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization'), sender) ?? ownOrganization(sender);
}

function contextOf(encounter: JsonObject | undefined, period: { readonly start?: string; readonly end?: string }): JsonObject | undefined {
  if (encounter === undefined && period.start === undefined && period.end === undefined) return undefined;
  return defined({ encounter: encounter === undefined ? [] : [encounter], period: period.start === undefined && period.end === undefined ? undefined : period });
}

function formatOf({ template }: Header): JsonObject | undefined {
  return template === undefined ? undefined : { system: 'urn:ietf:rfc:3986', code: `urn:oid:${TEMPLATE[template]}` };
}

function confidentialityOf({ confidentiality }: Header): readonly JsonObject[] {
  const codings = confidentiality?.['coding'];
  return isList(codings) ? codings.filter(isObject) : [];
}
