import type { Resource } from '../fhir/resource.ts';
import { isList, isObject, isResource, textOf } from '../fhir/resource.ts';
import { patientNumber } from './administrative.ts';
import { addDays } from './calendar.ts';
import { laboratoryDocument } from './cda-document.ts';
import { takeSample } from './measure.ts';
import type { DistrictTables, Message } from './message.ts';
import { senderOf } from './message.ts';

/** The laboratory reports of a visit as shared documents (WS/T 500.7), one a panel. */
export function documentsOf(tables: DistrictTables, seed: string, { resident, visit }: Pick<Message, 'resident' | 'visit'>): readonly string[] {
  const { source, laboratory } = senderOf(visit.institution, tables);
  const number = patientNumber(seed, visit.institution, resident);
  const sample = takeSample(seed, resident, visit.isCorrection ? addDays(visit.day, 1) : visit.day);
  return visit.panels.flatMap((panel) => laboratoryDocument(panel, laboratory, sample, { resident, visit, source, number: `${number}-${visit.number}`, patientNumber: number }) ?? []);
}

const OF_EVERY_VISIT: ReadonlySet<string> = new Set(['Organization', 'Patient', 'Encounter', 'ImagingStudy']);

/** What a visit brought besides laboratory reports: its imaging, as a collection; undefined where there was none. */
export function imagingBundle({ bundle, visit }: Pick<Message, 'bundle' | 'visit'>): Resource | undefined {
  if (visit.examination === undefined) return undefined;
  const entries = bundle['entry'];
  const entry = (isList(entries) ? entries : []).filter((sent) => isObject(sent) && isResource(sent['resource']) && belongsToImaging(sent['resource']));
  const identifier = bundle['identifier'];
  return { resourceType: 'Bundle', type: 'collection', identifier: isObject(identifier) ? { ...identifier, value: `${textOf(identifier['value'])}-X` } : {}, entry };
}

function belongsToImaging(resource: Resource): boolean {
  if (OF_EVERY_VISIT.has(resource.resourceType)) return true;
  return (resource.resourceType === 'ServiceRequest' || resource.resourceType === 'DiagnosticReport') && JSON.stringify(resource['code']).includes('/examinations"');
}
