import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import { openNamed } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, present } from './element.ts';
import { assignerOf, identifierType } from './identifier.ts';
import { assembleName, humanName, XCN } from './name.ts';
import type { Authority } from './system.ts';
import { authorityOf, componentParts, systemOf } from './system.ts';

/** What stands in place of a number where a sender knows only the name. */
const WRITTEN_NAME = /\p{Script=Han}|\p{L}\s+\p{L}/u;
const NOBODY: Authority = { namespace: '', universalId: '', universalType: '' };

/** A person as a field names one. */
interface Person { readonly number: string; readonly authority: Authority; readonly facility?: Authority; readonly type: string; readonly name: JsonObject | undefined }

/**
 * A reference to the practitioner that an XCN names. One with a number becomes a record; of one without, a name alone is
 * no identity, so only the name is told.
 *
 * @returns undefined for a field that names nobody
 */
export function practitionerOf(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  if (value.raw === '' || reading.people.has(value.raw)) return reading.people.get(value.raw);
  const reference = referTo(reading, {
    number: value.text(1),
    authority: authorityOf(componentParts(value, 9), 1),
    facility: authorityOf(componentParts(value, 14), 1),
    type: value.text(13),
    name: humanName(reading, value, XCN, place),
  }, place);
  reading.people.set(value.raw, reference);
  return reference;
}

export function practitionersOf(reading: Reading, values: readonly Value[], place: Place): readonly JsonObject[] {
  return present(values.map((value) => practitionerOf(reading, value, place)));
}

/** The practitioner that the first component of an NDL names, as a CNN. */
export function interpreterOf(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  if (value.raw === '') return undefined;
  const part = componentParts(value, 1);
  // Older senders write the name alone into the component, as they do everywhere else.
  const name = assembleName({ family: part(2), given: [part(3), part(4)], suffix: [part(5), part(7)], prefix: [part(6)], isFamilyFirst: false });
  return referTo(reading, { number: part(1), authority: authorityOf(part, 9), type: '', name }, place);
}

function referTo(reading: Reading, { number, authority, facility = NOBODY, type, name }: Person, { segment, field }: Place): JsonObject | undefined {
  const display = textOf(name?.['text']) || (WRITTEN_NAME.test(number) ? number : '');
  if (number === '' || number === display) return element({ display });
  const assigner = assignerOf(authority, facility);
  const identifier = element({ type: identifierType(type), system: systemOf(authority, reading.sender, 'practitioner'), value: number, assigner }) ?? {};
  const { draft } = openNamed(reading, 'Practitioner', identifier, segment);
  draft.contribute(0);
  if (!draft.has('name')) draft.add('name', [name], field, segment);
  return element({ ...draft.reference, display });
}
