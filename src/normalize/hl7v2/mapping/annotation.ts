import type { JsonObject } from '../../../fhir/resource.ts';
import { element, present } from '../datatypes/element.ts';
import { practitionerOf } from '../datatypes/practitioner.ts';
import { timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Reading } from './reading.ts';

/** NTE: a comment, who entered it and when. @returns undefined for an empty line */
function annotationOf(reading: Reading, nte: Segment): JsonObject | undefined {
  const text = nte.values(3).map((value) => value.wholeText()).join('\n').trim();
  if (text === '') return undefined;
  const author = practitionerOf(reading, nte.value(5), { segment: nte, field: 5 });
  const isRecord = author?.['reference'] !== undefined;
  return element({
    authorReference: isRecord ? author : undefined,
    authorString: isRecord ? undefined : author?.['display'],
    time: timeOf(reading, nte, 6),
    text,
  });
}

export function annotationsOf(reading: Reading, notes: readonly Segment[]): readonly JsonObject[] {
  return present(notes.map((nte) => annotationOf(reading, nte)));
}

/** Comments on a record whose type has no element for them. @see http://hl7.org/fhir/StructureDefinition/note */
export function annotationExtensions(reading: Reading, notes: readonly Segment[]): readonly JsonObject[] {
  return annotationsOf(reading, notes).map((valueAnnotation) => ({ url: 'http://hl7.org/fhir/StructureDefinition/note', valueAnnotation }));
}
