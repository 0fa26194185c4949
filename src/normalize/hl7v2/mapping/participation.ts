import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { addressesOf } from '../datatypes/address.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { locationOf } from '../datatypes/location.ts';
import { organizationOf } from '../datatypes/organization.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { telecomsOf } from '../datatypes/telecom.ts';
import { period, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, openNamed } from './reading.ts';

/** Someone who takes part in what a ROL or PRT follows. */
export interface Participation {
  /** What they do in it. */
  readonly role: JsonObject | undefined;
  /** Code of the role, `PP`. */
  readonly code: string;
  /** Practitioner or PractitionerRole. */
  readonly actor: JsonObject;
  readonly period: JsonObject | undefined;
}

/** Numbers of the fields that both segments have. */
type Layout = Readonly<Record<'role' | 'person' | 'kind' | 'organization' | 'location' | 'start' | 'end' | 'address' | 'telecom', number>>;

const ROL: Layout = { role: 3, person: 4, kind: 9, organization: 14, location: 13, start: 5, end: 6, address: 11, telecom: 12 };
const PRT: Layout = { role: 4, person: 5, kind: 6, organization: 8, location: 9, start: 11, end: 12, address: 14, telecom: 15 };
/** Table 0287. */
const DELETED: ReadonlySet<string> = new Set(['DE', 'D', 'X']);

/** @param roles ROL and PRT segments; those that take a role back give nothing */
export function participationsOf(reading: Reading, roles: readonly Segment[]): readonly Participation[] {
  return roles.filter((segment) => !DELETED.has(segment.text(2))).flatMap((segment) => {
    const layout = segment.name === 'ROL' ? ROL : PRT;
    const role = conceptOf(reading, segment.value(layout.role));
    const time = period(timeOf(reading, segment, layout.start), timeOf(reading, segment, layout.end));
    return actorsOf(reading, segment, layout).map((actor) => ({ role, code: segment.text(layout.role), actor, period: time }));
  });
}

function actorsOf(reading: Reading, segment: Segment, layout: Layout): readonly JsonObject[] {
  const at = (field: number): { segment: Segment; field: number } => ({ segment, field });
  const people = practitionersOf(reading, segment.values(layout.person), at(layout.person));
  const organization = organizationOf(reading, segment.value(layout.organization), at(layout.organization));
  const location = locationOf(reading, segment.value(layout.location), at(layout.location));
  const telecom = telecomsOf(reading, segment.values(layout.telecom), at(layout.telecom), 'work');
  addAddresses(reading, segment, layout, people);
  if (organization === undefined && location === undefined && telecom.length === 0) return people;
  const actors: readonly (JsonObject | undefined)[] = people.length === 0 ? [undefined] : people;
  return actors.map((practitioner) => {
    const role = segment.text(layout.role) || labelOf(segment.value(layout.role));
    const identity = derivedIdentifier(reading, 'roles', [nameOf(practitioner), role, nameOf(organization), nameOf(location)]);
    const { draft } = openNamed(reading, 'PractitionerRole', identity, segment);
    draft.set('practitioner', practitioner, layout.person, segment).set('organization', organization, layout.organization, segment)
      .add('code', present([conceptOf(reading, segment.value(layout.role)), conceptOf(reading, segment.value(layout.kind))]), layout.role, segment)
      .add('location', [location], layout.location, segment).add('telecom', telecom, layout.telecom, segment);
    return element({ ...draft.reference, display: practitioner?.['display'] ?? organization?.['display'] }) ?? draft.reference;
  });
}

/** An address stands with the person whose it is. */
function addAddresses(reading: Reading, segment: Segment, layout: Layout, people: readonly JsonObject[]): void {
  const addresses = addressesOf(reading, segment.values(layout.address), { segment, field: layout.address });
  if (addresses.length === 0) return;
  const urls = new Set(people.map((person) => person['reference']));
  for (const draft of reading.drafts) if (urls.has(draft.url)) draft.add('address', addresses, layout.address, segment);
}

/** What tells a mentioned record from another of its type: its number, else its name. */
function nameOf(reference: JsonObject | undefined): string {
  return textOf(reference?.['display']) || textOf(reference?.['reference']);
}
