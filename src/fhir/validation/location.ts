/** Where a value stands in a resource, as a list from the value up to the root: cheap to extend, written out only for a fault. */
export interface Location {
  readonly parent: Location | undefined;
  /** `component`, `value.ofType(Quantity)`, or at the root the whole prefix, such as `Bundle.entry[3].resource`. */
  readonly step: string;
  /** Of an element that repeats; -1 else. */
  readonly index: number;
}

export function rootLocation(prefix: string): Location {
  return { parent: undefined, step: prefix, index: -1 };
}

export function childLocation(parent: Location, step: string, index = -1): Location {
  return { parent, step, index };
}

/** The FHIRPath of a location, in the style of HL7's own validator: `Observation.component[1].value.ofType(Quantity).code`. */
export function expressionOf(location: Location): string {
  const own = location.index < 0 ? location.step : `${location.step}[${location.index}]`;
  return location.parent === undefined ? own : `${expressionOf(location.parent)}.${own}`;
}

/** The element's own name, for the sentence about it: `component`, `valueQuantity`. */
export function elementName(location: Location): string {
  return location.step.replace(/\.ofType\((\w)(\w*)\)$/, (_, first: string, rest: string) => first.toUpperCase() + rest);
}
