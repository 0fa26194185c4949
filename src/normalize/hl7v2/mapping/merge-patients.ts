import type { Segment } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import { readPatient } from './patient.ts';
import { patientNumbers } from './patient-numbers.ts';
import type { Reading } from './reading.ts';
import { openNamed, report } from './reading.ts';

/**
 * PID and MRG of a merge: the record under the old number is replaced by the one that stays. Both are kept, and tell of each
 * other, so that a mistake can be undone.
 *
 * @param groups each from one PID to the next
 */
export function mergePatients(reading: Reading, groups: readonly (readonly Noted[])[]): void {
  for (const group of groups) {
    const [pid] = group;
    const mrg = group.find(({ segment }) => segment.name === 'MRG')?.segment;
    if (pid === undefined) continue;
    const { patient } = readPatient(reading, pid);
    const prior = mrg === undefined ? undefined : openPrior(reading, mrg);
    if (mrg === undefined || prior === undefined) report(reading, 'required', mrg === undefined ? pid.segment : { segment: mrg, field: 1 }, 'A merge names the record that goes by its patient number in MRG-1');
    else if (prior === patient) report(reading, 'value', { segment: mrg, field: 1 }, 'The number that goes is the number that stays');
    else {
      prior.set('active', false).add('link', [{ other: patient.reference, type: 'replaced-by' }]);
      // It may have gone itself in an earlier merge, the other way round.
      patient.set('active', true).add('link', [{ other: prior.reference, type: 'replaces' }], undefined, mrg);
    }
  }
}

/** Two PID of a link: they are of one person, and both stay. */
export function linkPatients(reading: Reading, groups: readonly (readonly Noted[])[]): void {
  const [one, other] = twoPatients(reading, groups);
  if (one === undefined || other === undefined) return;
  one.add('link', [{ other: other.reference, type: 'seealso' }]);
  other.add('link', [{ other: one.reference, type: 'seealso' }]);
}

/** Undoes a link or a merge: both records stand for themselves again. */
export function unlinkPatients(reading: Reading, groups: readonly (readonly Noted[])[]): void {
  const patients = twoPatients(reading, groups);
  for (const patient of patients) patient.set('active', true).clear('link');
}

function twoPatients(reading: Reading, groups: readonly (readonly Noted[])[]): readonly Draft[] {
  const pids = groups.flatMap(([pid]) => pid ?? []);
  const patients = pids.map((pid) => readPatient(reading, pid).patient);
  const last = pids.at(-1);
  if (new Set(patients).size === 2) return patients;
  if (last !== undefined) report(reading, 'required', last.segment, 'The event is about two patients, each with a PID of its own');
  return [];
}

function openPrior(reading: Reading, mrg: Segment): Draft | undefined {
  const { identifiers } = patientNumbers(reading, mrg, [1, 4, 2]);
  const [first] = identifiers;
  return first === undefined ? undefined : openNamed(reading, 'Patient', first, mrg).draft.contribute(1).add('identifier', identifiers, 1);
}
