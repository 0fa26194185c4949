import type { JsonObject } from '../../../fhir/resource.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import { element } from '../datatypes/element.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { locationOf } from '../datatypes/location.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { minutesAfter, period, timeOf } from '../datatypes/time.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';
import type { Segment } from '../segment.ts';

const SNOMED = 'http://snomed.info/sct';
/** Fields that name who did it, and as what. */
const PERFORMERS = [[8, { system: SNOMED, code: '88189002', display: 'Anesthesiologist' }], [11, { system: SNOMED, code: '304292004', display: 'Surgeon' }], [12, undefined]] as const;

/**
 * PR1: a procedure of the stay.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-pr1-to-procedure.html
 */
export function readProcedure(reading: Reading, { segment: pr1, roles }: Noted, { subject, encounter, belongsTo }: CareContext): void {
  const code = conceptOf(reading, pr1.value(3));
  const description = pr1.text(4);
  if (code === undefined && description === '') return;
  const start = timeOf(reading, pr1, 5);
  const end = start === undefined || pr1.text(7) === '' ? undefined : minutesAfter(start, Number(pr1.text(7)));
  const parent = fieldIdentifier(reading, pr1.value(25), { kind: 'procedure' });
  openProcedure(reading, pr1, belongsTo)
    .add('partOf', [parent === undefined ? undefined : { type: 'Procedure', identifier: parent }], 25)
    .set('status', statusOf(reading, pr1, start))
    .set('category', conceptOf(reading, pr1.value(6)), 6)
    .set('code', element({ ...code, text: code?.['text'] ?? description }), 3)
    .set('subject', subject.patient.reference)
    .set('encounter', encounter?.reference)
    .set(end === undefined ? 'performedDateTime' : 'performedPeriod', end === undefined ? start : period(start, end), 5)
    .add('performer', PERFORMERS.flatMap(([field, coding]) => practitionersOf(reading, pr1.values(field), { segment: pr1, field })
      .map((actor) => performer(coding === undefined ? undefined : { coding: [coding] }, actor))))
    .add('performer', participationsOf(reading, roles).map(({ role, actor }) => performer(role, actor)))
    .set('location', locationOf(reading, pr1.value(23), { segment: pr1, field: 23 }), 23)
    .add('reasonCode', [conceptOf(reading, pr1.value(15))], 15);
}

function performer(role: JsonObject | undefined, actor: JsonObject): JsonObject | undefined {
  return element({ function: role, actor });
}

/** The segment does not say whether it was done: one with a time was, unless the stay is only planned. */
function statusOf({ message }: Reading, pr1: Segment, start: string | undefined): string {
  if (pr1.text(20) === 'D') return 'entered-in-error';
  return start !== undefined && message.event !== 'A05' ? 'completed' : 'unknown';
}

function openProcedure(reading: Reading, pr1: Segment, belongsTo: string): Draft {
  const own = fieldIdentifier(reading, pr1.value(19), { kind: 'procedure' });
  if (own !== undefined) return openNamed(reading, 'Procedure', own, pr1).draft;
  if (belongsTo === '') return open(reading, 'Procedure', pr1);
  return openNamed(reading, 'Procedure', derivedIdentifier(reading, 'procedures', [belongsTo, pr1.text(3) || labelOf(pr1.value(3)) || pr1.text(4), pr1.text(5)]), pr1).draft;
}
