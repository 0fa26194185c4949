import type { JsonObject } from '../../../fhir/resource.ts';
import { usccFault, USCC_SYSTEM } from '../../../fhir/validation/identifiers.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import { openNamed } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, present } from './element.ts';
import { identifierType } from './identifier.ts';
import { authorityOf, componentParts, systemOf } from './system.ts';

/** The sender's own institution, which is registered. */
export function ownOrganization({ sender }: Pick<Reading, 'sender'>): JsonObject {
  return { type: 'Organization', identifier: { system: USCC_SYSTEM, value: sender.organization.uscc } };
}

/** What a message tells of an institution beside its name and number. */
export interface OrganizationDetails { readonly address?: readonly JsonObject[]; readonly telecom?: readonly JsonObject[] }

/**
 * A reference to the organisation that an XON names. It becomes a record only with a name and a number of its own; one with
 * a credit code is for its own source to describe.
 */
export function organizationOf(reading: Reading, value: Value, { segment, field }: Place, details: OrganizationDetails = {}): JsonObject | undefined {
  if (value.raw === '') return undefined;
  const name = value.text(1);
  const number = value.text(10) || value.text(3);
  if (number === '') return element({ display: name });
  if (usccFault(number) === undefined) return element({ type: 'Organization', identifier: { system: USCC_SYSTEM, value: number }, display: name });
  const system = systemOf(authorityOf(componentParts(value, 6), 1), reading.sender, 'organization');
  const identifier = element({ type: identifierType(value.text(7)), system, value: number }) ?? {};
  if (name === '') return { type: 'Organization', identifier };
  const { draft } = openNamed(reading, 'Organization', identifier, segment);
  draft.contribute(0).set('name', name, field, segment).add('address', withoutHome(details.address ?? [])).add('telecom', withoutHome(details.telecom ?? []));
  return { ...draft.reference, display: name };
}

/**
 * Addresses and ways to reach someone, as those of an institution: it has no home, whatever a sender marks as one.
 *
 * @see https://hl7.org/fhir/R4/organization.html rules org-2 and org-3
 */
export function withoutHome(contacts: readonly JsonObject[]): readonly JsonObject[] {
  return contacts.map((contact) => {
    const { use, ...others } = contact;
    return use === 'home' ? others : contact;
  });
}

export function organizationsOf(reading: Reading, values: readonly Value[], place: Place): readonly JsonObject[] {
  return present(values.map((value) => organizationOf(reading, value, place)));
}

/** A coded field that names an organisation, such as OBX-15: a number and a name, of which no record is made. */
export function codedOrganization({ sender }: Pick<Reading, 'sender'>, value: Value): JsonObject | undefined {
  if (value.raw === '') return undefined;
  const number = value.text(1);
  const name = value.text(2);
  if (number === '') return element({ display: name });
  const identifier = { system: systemOf({ namespace: value.text(3), universalId: '', universalType: '' }, sender, 'organization'), value: number };
  return element({ type: 'Organization', identifier, display: name });
}
