import type { JsonObject, Resource } from '../fhir/resource.ts';
import { atMinute } from './calendar.ts';
import type { Institution } from './institutions.ts';
import { localIdentifier, type Part, partOf, refer } from './record.ts';

/**
 * Wraps the parts of one visit as this institution does.
 *
 * @param number of the message at this institution
 * @param parts the organization first, then the patient
 */
export function bundleOf(institution: Institution, number: string, day: string, parts: readonly Part[]): Resource {
  const bundle = (type: string, entry: readonly JsonObject[]): Resource => ({
    resourceType: 'Bundle', identifier: localIdentifier(institution, 'message', number), type, timestamp: atMinute(day, 18 * 60), entry,
  });
  switch (institution.form) {
    case 'transaction': return bundle('transaction', parts.map((part) => ({ ...entryOf(part), request: { method: 'POST', url: part.resource.resourceType } })));
    case 'transaction-put': return bundle('transaction', parts.map(putEntry));
    case 'batch': return bundle('batch', parts.map(putEntry));
    case 'collection': return bundle('collection', parts.map(entryOf));
    case 'message': return bundle('message', [headerOf(institution, number, parts), ...parts].map(entryOf));
    case 'document': return bundle('document', [compositionOf(institution, number, { day, parts }), ...parts].map(entryOf));
  }
}

function entryOf({ fullUrl, resource }: Part): JsonObject {
  return { fullUrl, resource };
}

function putEntry(part: Part): JsonObject {
  return { ...entryOf(part), request: { method: 'PUT', url: part.reference } };
}

/** What a laboratory information system puts before the results: unsolicited observation, HL7 event R01. */
function headerOf(institution: Institution, number: string, parts: readonly Part[]): Part {
  return partOf(institution, number, {
    resourceType: 'MessageHeader',
    eventCoding: { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code: 'R01' },
    source: { name: 'LIS', endpoint: institution.base },
    focus: ofType(parts, 'DiagnosticReport').map(refer),
  });
}

/** First page of a shared document: one section for the reports of a visit. */
function compositionOf(institution: Institution, number: string, { day, parts }: { readonly day: string; readonly parts: readonly Part[] }): Part {
  const [organization, patient] = parts;
  return partOf(institution, number, {
    resourceType: 'Composition',
    identifier: localIdentifier(institution, 'document', number),
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '11502-2' }], text: '检验报告' },
    ...(patient === undefined ? {} : { subject: refer(patient) }),
    date: atMinute(day, 18 * 60),
    author: organization === undefined ? [] : [refer(organization)],
    title: '检验检查报告',
    section: [{ title: '报告', entry: ofType(parts, 'DiagnosticReport').map(refer) }],
  });
}

function ofType(parts: readonly Part[], type: string): readonly Part[] {
  return parts.filter((part) => part.resource.resourceType === type);
}
