import type { Resource } from '../../../src/fhir/resource.ts';
import type { Sender } from '../../../src/normalize/local-identity.ts';
import type { SentMessage } from '../../../src/normalize/message.ts';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { readCda } from '../../../src/normalize/cda/read-cda.ts';

export const SENDER: Sender = { id: 'x', patientNumberSystem: 'https://x.example/number', offset: '+08:00', organization: { id: 'own', uscc: '1231010190100405XW' } };

const NAMESPACES = 'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

export interface Parts { readonly template?: string; readonly header?: string; readonly ids?: string; readonly person?: string; readonly body?: string }

/** A document that is whole but for what a test puts in. */
export function documentOf({ template = '2.16.156.10011.2.1.1.27', header = '', ids = '', person = '', body = '' }: Parts = {}): string {
  return `<ClinicalDocument ${NAMESPACES}><templateId root="${template}"/><id root="2.16.156.10011.1.1" extension="D1"/><code code="C0007" codeSystem="2.16.156.10011.2.4"/>`
    + `<title>检验报告</title><effectiveTime value="20250401120000"/><recordTarget><patientRole><id root="2.16.156.10011.1.19" extension="K1"/>${ids}`
    + `<patient><name>李强</name>${person}</patient></patientRole></recordTarget>${header}<component><structuredBody>${body}</structuredBody></component></ClinicalDocument>`;
}

/** A section with the code of studies. */
export function studies(...entries: readonly string[]): string {
  return `<component><section><code code="30954-2" codeSystem="2.16.840.1.113883.6.1"/>${entries.map((entry) => `<entry>${entry}</entry>`).join('')}</section></component>`;
}

/** An observation of one data element. @param value of `<value …>`, whole */
export function stated(code: string, value: string, more = ''): string {
  return `<observation><code code="${code}" codeSystem="2.16.156.10011.2.2.1"/>${value}${more}</observation>`;
}

/** A statement within another. */
export function inside(observation: string): string {
  return `<entryRelationship typeCode="COMP">${observation}</entryRelationship>`;
}

export const st = (text: string): string => `<value xsi:type="ST">${text}</value>`;

/** An item as one organizer. @param value of the result, whole */
export function item(code: string, value: string, { unit = '', more = '' }: { readonly unit?: string; readonly more?: string } = {}): string {
  const sampled = inside(stated('DE04.50.134.00', '<effectiveTime><low value="20250401080000"/></effectiveTime>' + st('血清')));
  const parts = [stated('DE04.30.019.00', st(code), sampled), stated('DE04.30.015.00', value, unit === '' ? '' : inside(stated('DE04.30.016.00', st(unit)))), more];
  return `<organizer>${parts.map((part) => `<component>${part}</component>`).join('')}</organizer>`;
}

/** What stands in a resource at a path of names and positions. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, step) => (typeof found === 'object' && found !== null ? (found as Record<string | number, unknown>)[step] : undefined), value);
}

export function read(xml: string | Buffer, sender: Sender = SENDER): SentMessage {
  return readCda(Buffer.from(xml), sender, CDA_LIMITS).read();
}

export function resourcesOf(message: SentMessage, type: string): readonly Resource[] {
  return message.entries.map(({ resource }) => resource).filter((resource) => resource.resourceType === type);
}

/** Why a body cannot be read. @throws unless it cannot */
export function refusalOf(xml: string | Buffer, limits = CDA_LIMITS): UnreadableMessage {
  try {
    readCda(Buffer.from(xml), SENDER, limits);
  } catch (error) {
    if (error instanceof UnreadableMessage) return error;
    throw error;
  }
  throw new Error('The body was read');
}
