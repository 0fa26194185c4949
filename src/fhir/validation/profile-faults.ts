import type { ElementModel } from '../definitions/model.ts';
import { childLocation, elementName, expressionOf } from './location.ts';
import type { Location } from './location.ts';
import { report } from './run.ts';
import type { Fault, Run, Scope } from './run.ts';

/** Notes a fault unless the base type has led to one of the same kind at the same place. */
export function reportNew(run: Run, at: Location, fault: Fault, name = elementName(at)): void {
  const expression = expressionOf(at);
  if (run.faults.some((issue) => issue.code === fault.code && issue.expression === expression)) return;
  report(run, at, { code: fault.code, diagnostics: `\`${name}\` ${fault.text}` });
}

/**
 * Compares how often an element is given with what a profile allows.
 * @param name what is counted, when it is not the element as a whole but a slice of it
 */
export function checkCount(count: number, { name: own, min, max }: ElementModel, { parent, scope }: { parent: Location; scope: Scope }, name = own): void {
  if (count >= min && (count <= max || max < 0)) return;
  const here = childLocation(parent, own);
  const given = count === 0 ? 'is missing' : `is given ${count} times`;
  if (count < min) {
    reportNew(scope.run, here, { code: 'required', text: `is required${min === 1 ? '' : ` ${min} times`} by the profile and ${given}` }, name);
  } else if (max === 0) {
    reportNew(scope.run, here, { code: 'structure', text: 'is not allowed by the profile' }, name);
  } else {
    reportNew(scope.run, here, { code: 'structure', text: `may be given ${max} times by the profile and ${given}` }, name);
  }
}
