import type { JsonObject } from '../../fhir/resource.ts';
import type { Sender } from '../local-identity.ts';
import { isBlank } from './concepts.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childrenOf } from './element.ts';
import { ROOT, uriOf } from './oids.ts';

export interface Identifier extends JsonObject { readonly system: string; readonly value: string }

/** An id as the document has it. */
export interface InstanceId { readonly root: string; readonly identifier: Identifier; readonly element: XmlElement }

const NATIONAL_NUMBERS = '2.16.156.10011.1.';
/** Words for a number that nobody has. */
const NO_NUMBER: ReadonlySet<string> = new Set(['无', '不详', '未知', '0', 'NA']);

/** The ids of an element that say something, in document order. */
export function idsOf(element: XmlElement | undefined, sender: Sender): readonly InstanceId[] {
  return childrenOf(element, 'id').map((id) => readId(id, sender)).filter((id) => id !== undefined);
}

/** An id whose root names the thing itself has no extension; a number under a national root needs one. */
export function readId(element: XmlElement | undefined, sender: Sender): InstanceId | undefined {
  const root = attributeOf(element, 'root');
  const extension = attributeOf(element, 'extension');
  if (element === undefined || root === undefined) return undefined;
  if (extension === undefined) {
    const uri = root.startsWith(NATIONAL_NUMBERS) ? undefined : uriOf(root);
    return uri === undefined ? undefined : { root, identifier: { system: 'urn:ietf:rfc:3986', value: uri }, element };
  }
  const system = systemOf(root, sender);
  if (system === undefined || isBlank(extension) || NO_NUMBER.has(extension)) return undefined;
  return { root, identifier: { system, value: root === ROOT.residentId ? extension.toUpperCase() : extension }, element };
}

/** The system of numbers under a root: that of the source's description, else the root itself. */
export function systemOf(root: string, { cda, patientNumberSystem }: Sender): string | undefined {
  if (root === cda?.patientRoot) return patientNumberSystem;
  const systems = cda?.identifierSystems ?? {};
  return Object.hasOwn(systems, root) ? systems[root] : uriOf(root);
}
