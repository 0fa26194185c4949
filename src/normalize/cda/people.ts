import type { JsonObject } from '../../fhir/resource.ts';
import { USCC_SYSTEM, usccFault } from '../../fhir/validation/identifiers.ts';
import type { Sender } from '../local-identity.ts';
import { isBlank } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import type { Identifier } from './identifiers.ts';
import { idsOf, systemOf } from './identifiers.ts';
import { nameOf } from './names.ts';
import { ROOT } from './oids.ts';
import { MENTIONED } from './records.ts';
import { unique } from './unique.ts';

/**
 * A member of staff whom a document names in a role, each added once.
 *
 * @param role author, legalAuthenticator and the like
 * @returns a Reference, undefined for a role that nobody fills
 */
export function personIn({ sender, records }: DocumentContext, role: XmlElement | undefined): JsonObject | undefined {
  const entity = childAt(role, 'assignedAuthor') ?? childAt(role, 'assignedEntity');
  const name = nameOf(childAt(entity, 'assignedPerson', 'name'));
  const identifier = staffNumber(entity, sender);
  if (entity === undefined || identifier === undefined) return name === undefined ? undefined : { type: 'Practitioner', display: name.text };
  const reference = records.add(defined({ resourceType: 'Practitioner', identifier: [identifier], name: name === undefined ? [] : [name] }), entity, { contribution: MENTIONED });
  return name === undefined ? reference : { ...reference, display: name.text };
}

/** All who fill roles, in the order of the document. */
export function personsIn(context: DocumentContext, roles: readonly XmlElement[]): readonly JsonObject[] {
  return unique(roles.map((role) => personIn(context, role)).filter((person) => person !== undefined));
}

/** A hospital numbers its staff once, and documents have the numbers under two roots. The resident ID of staff is nobody's affair here. */
function staffNumber(entity: XmlElement | undefined, sender: Sender): Identifier | undefined {
  const ids = idsOf(entity, sender);
  const number = ids.find(({ root }) => root === ROOT.author || root === ROOT.signer)?.identifier.value;
  const system = systemOf(ROOT.signer, sender);
  return number === undefined || system === undefined ? ids.find(({ root }) => root !== ROOT.residentId)?.identifier : { system, value: number };
}

/** What a signature stands for, `检验技师`; '' where the document does not say. */
export function roleNameOf(role: XmlElement): string {
  const code = childAt(role, 'assignedEntity', 'code');
  return attributeOf(code, 'displayName') ?? textIn(code) ?? '';
}

/** Reference to the institution that sends the document. */
export function ownOrganization({ organization }: Sender, display?: string): JsonObject {
  return defined({ type: 'Organization', identifier: { system: USCC_SYSTEM, value: organization.uscc }, display });
}

/** Reference to an organization that a document names; undefined where it names none. */
export function organizationOf(element: XmlElement | undefined, sender: Sender): JsonObject | undefined {
  const name = textIn(childAt(element, 'name'));
  const display = name === undefined || isBlank(name) ? undefined : name;
  const id = idsOf(element, sender).find(({ root }) => root === ROOT.organization);
  const code = id?.identifier.value;
  if (code !== undefined && isOwn(code, sender)) return ownOrganization(sender, display);
  if (id === undefined || code === undefined) return display === undefined ? undefined : { type: 'Organization', display };
  const identifier = usccFault(code) === undefined ? { system: USCC_SYSTEM, value: code } : id.identifier;
  return defined({ type: 'Organization', identifier, display });
}

/** The nine characters of the old organization code stand inside a unified social credit code. */
function isOwn(code: string, { cda, organization }: Sender): boolean {
  return code === organization.uscc || code === cda?.organizationCode || code.replace('-', '') === organization.uscc.slice(8, 17);
}
