import type { JsonObject } from '../../fhir/resource.ts';
import { asCode, isBlank } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import { ROOT, uriOf } from './oids.ts';

/** Where a visit takes place. */
export interface Places {
  /** The department, for `Encounter.serviceType`. */
  readonly department: JsonObject | undefined;
  /** Ward, room and bed, for `Encounter.location`. */
  readonly locations: readonly JsonObject[];
}

const PHYSICAL_TYPES = 'http://terminology.hl7.org/CodeSystem/location-physical-type';
/** From the outside in. `label` goes behind a number without name. */
const KINDS = [
  { root: ROOT.ward, code: 'wa', display: 'Ward', label: '病区' },
  { root: ROOT.room, code: 'ro', display: 'Room', label: '病房' },
  { root: ROOT.bed, code: 'bd', display: 'Bed', label: '床' },
] as const;

/**
 * Reads the chain of organizations of which each is a part of the next: bed, room, department, ward, hospital. Beds and
 * rooms are named only: their numbers come again in every ward.
 */
export function placesOf({ sender }: DocumentContext, encounter: XmlElement | undefined, role: XmlElement | undefined): Places {
  const chain = [...chainOf(childAt(encounter, 'location', 'healthCareFacility', 'serviceProviderOrganization')), ...chainOf(childAt(role, 'providerOrganization'))];
  const placeOf = (root: string): XmlElement | undefined => chain.find((organization) => attributeOf(childAt(organization, 'id'), 'root') === root);
  const locations = KINDS.flatMap(({ root, code, display, label }) => {
    const name = placeName(placeOf(root), label);
    return name === undefined ? [] : [{ location: { type: 'Location', display: name }, physicalType: { coding: [{ system: PHYSICAL_TYPES, code, display }] } }];
  });
  const department = placeOf(ROOT.department);
  const number = attributeOf(childAt(department, 'id'), 'extension');
  const systems = sender.cda?.identifierSystems ?? {};
  const system = Object.hasOwn(systems, ROOT.department) ? systems[ROOT.department] : uriOf(ROOT.department);
  const coding = number === undefined || isBlank(number) ? [] : [defined({ system, code: asCode(number), display: placeName(department, '') })];
  const text = placeName(department, '');
  return { department: coding.length === 0 && text === undefined ? undefined : defined({ coding, text }), locations };
}

function placeName(organization: XmlElement | undefined, label: string): string | undefined {
  const name = textIn(childAt(organization, 'name'));
  if (name !== undefined && !isBlank(name)) return name;
  const number = attributeOf(childAt(organization, 'id'), 'extension');
  return number === undefined || isBlank(number) ? undefined : number + label;
}

/** An organization and all those that it is a part of. */
export function chainOf(organization: XmlElement | undefined): readonly XmlElement[] {
  const chain: XmlElement[] = [];
  for (let next = organization; next !== undefined; next = childAt(next, 'asOrganizationPartOf', 'wholeOrganization')) chain.push(next);
  return chain;
}
