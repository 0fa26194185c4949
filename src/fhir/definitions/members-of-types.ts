import type { Definitions, ElementModel } from './model.ts';

/** Names of the JSON members that hold a value of one of the types somewhere in R4: `issued` and `effectiveDateTime` for instants and dateTimes. */
export function membersOfTypes({ structures }: Pick<Definitions, 'structures'>, types: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = ({ name, isChoice, types: own, children }: ElementModel): void => {
    for (const { code } of own) if (types.has(code)) names.add(isChoice ? name + code.charAt(0).toUpperCase() + code.slice(1) : name);
    children.forEach(visit);
  };
  for (const structure of structures.values()) if (structure.derivation === 'specialization') visit(structure.root);
  return names;
}
