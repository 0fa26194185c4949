import type { ElementModel } from '../fhir/definitions/model.ts';
import { structureOfType } from '../fhir/definitions/model.ts';
import type { Fhir } from '../fhir/fhir.ts';
import { patientParametersOf } from '../fhir/search/compartment.ts';

/** About how many patients a resource of a type can be. */
export type PatientBinding = 'none' | 'one' | 'several';

const known = new WeakMap<Fhir, Map<string, PatientBinding>>();

/**
 * `one`: `patient=p1` finds what is about p1 and about nobody else. `several`: what it finds can be about others as well, as a
 * Group is. Read from the published search parameters and cardinalities, so that it holds for all types.
 */
export function patientBindingOf(fhir: Fhir, type: string): PatientBinding {
  const bindings = known.get(fhir) ?? new Map<string, PatientBinding>();
  known.set(fhir, bindings);
  const binding = bindings.get(type) ?? derive(fhir, type);
  if (fhir.isResourceType(type)) bindings.set(type, binding);
  return binding;
}

function derive({ definitions, searchParameters }: Fhir, type: string): PatientBinding {
  // What a Patient says of itself is its own affair, whichever other Patients it is linked to.
  if (type === 'Patient') return 'one';
  const parameters = searchParameters.of(type);
  const [about, ...others] = patientParametersOf(definitions, type, parameters);
  if (about === undefined) return 'none';
  if (others.length > 0) return 'several';
  const root = structureOfType(definitions, type)?.root;
  const paths = (parameters.get(about)?.definition.expression ?? '').split('|').map((part) => part.trim()).filter((part) => part.startsWith(`${type}.`));
  return paths.length === 1 && paths.every((path) => isSingle(root, path)) ? 'one' : 'several';
}

/** True when no element of `Account.subject.where(resolve() is Patient)` can repeat. */
function isSingle(root: ElementModel | undefined, path: string): boolean {
  const [, ...names] = path.replace(/\.where\(.*\)$/, '').split('.');
  let element = root;
  for (const name of names) {
    element = element?.children.find((child) => child.name === name);
    if (element?.max !== 1) return false;
  }
  return true;
}
