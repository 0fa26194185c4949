import type { JsonObject } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import { derivedIdentifier, openNamed } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, present, tableCoding } from './element.ts';
import { entityIdentifier } from './identifier.ts';
import { componentParts } from './system.ts';

const PHYSICAL_TYPES = 'http://terminology.hl7.org/CodeSystem/location-physical-type';
/** Codes of table 0116. */
const BED_STATES: ReadonlySet<string> = new Set(['C', 'H', 'I', 'K', 'O', 'U']);

/**
 * A reference to the location that a PL names: its bed or room is a record that lies in the ward, which is one too.
 *
 * @returns undefined for a field that names no place
 */
export function locationOf(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  if (value.raw === '') return undefined;
  const [ward, room, bed, facility, building, floor] = [1, 2, 3, 4, 7, 8].map((component) => value.text(component) || value.text(component, 2)) as [string, string, string, string, string, string];
  const name = [building, floor, ward, room, bed].filter(Boolean).join(' ') || value.text(9) || facility;
  const own = entityIdentifier(componentParts(value, 10), reading.sender, { kind: 'location' });
  if (name === '' && own === undefined) return undefined;
  const path = [facility, building, floor, ward, room, bed];
  const whole = openLocation(reading, { own, path, name, facility }, place);
  if (ward !== '' && (room !== '' || bed !== '')) {
    const around = openLocation(reading, { own: undefined, path: [facility, building, floor, ward, '', ''], name: [building, floor, ward].filter(Boolean).join(' '), facility }, place);
    whole.set('partOf', around.reference, place.field, place.segment);
  }
  const state = value.text(5);
  whole.set('operationalStatus', BED_STATES.has(state) ? tableCoding('0116', state) : undefined)
    .set('description', value.text(9))
    .set('physicalType', physicalType(bed, room))
    .add('type', [value.text(6) === '' ? undefined : { coding: [tableCoding('0305', value.text(6))] }]);
  return element({ ...whole.reference, display: name });
}

export function locationsOf(reading: Reading, values: readonly Value[], place: Place): readonly JsonObject[] {
  return present(values.map((value) => locationOf(reading, value, place)));
}

function openLocation(reading: Reading, { own, path, name, facility }: { own: JsonObject | undefined; path: readonly string[]; name: string; facility: string }, { segment, field }: Place): ReturnType<typeof openNamed>['draft'] {
  const { draft } = openNamed(reading, 'Location', own ?? derivedIdentifier(reading, 'locations', path), segment);
  return draft.contribute(0).set('name', name, field, segment).set('mode', 'instance').set('managingOrganization', facility === '' ? undefined : { display: facility }, field, segment);
}

function physicalType(bed: string, room: string): JsonObject | undefined {
  if (bed !== '') return { coding: [{ system: PHYSICAL_TYPES, code: 'bd', display: 'Bed' }] };
  return room === '' ? undefined : { coding: [{ system: PHYSICAL_TYPES, code: 'ro', display: 'Room' }] };
}
