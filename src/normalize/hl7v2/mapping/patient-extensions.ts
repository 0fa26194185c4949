import type { JsonObject } from '../../../fhir/resource.ts';
import { conceptOf, conceptsOf } from '../datatypes/concept.ts';
import { present } from '../datatypes/element.ts';
import { humanName, XPN } from '../datatypes/name.ts';
import type { Segment } from '../segment.ts';
import type { Reading } from './reading.ts';

const CORE = 'http://hl7.org/fhir/StructureDefinition/patient-';
const OWN = 'https://bund.example/StructureDefinition/patient-';

/** What PID says of a person beyond the elements of Patient. */
export function patientExtensions(reading: Reading, pid: Segment): readonly JsonObject[] {
  const religion = conceptOf(reading, pid.value(17));
  const birthPlace = pid.text(23);
  return [
    ...pid.values(6).flatMap((value) => {
      const name = humanName(reading, value, XPN, { segment: pid, field: 6 });
      return name?.['text'] === undefined ? [] : [{ url: `${CORE}mothersMaidenName`, valueString: name['text'] }];
    }),
    ...coded(`${OWN}race`, conceptsOf(reading, pid.values(10))),
    ...coded(`${CORE}religion`, present([religion])),
    ...coded(`${OWN}ethnic-group`, conceptsOf(reading, pid.values(22))),
    ...(birthPlace === '' ? [] : [{ url: `${CORE}birthPlace`, valueAddress: { text: birthPlace } }]),
    ...nations(`${CORE}citizenship`, conceptsOf(reading, [...pid.values(26), ...pid.values(39)])),
    ...nations(`${CORE}nationality`, conceptsOf(reading, pid.values(28))),
  ];
}

function coded(url: string, concepts: readonly JsonObject[]): readonly JsonObject[] {
  return concepts.map((concept) => ({ url, valueCodeableConcept: concept }));
}

function nations(url: string, concepts: readonly JsonObject[]): readonly JsonObject[] {
  return concepts.map((concept) => ({ url, extension: [{ url: 'code', valueCodeableConcept: concept }] }));
}
