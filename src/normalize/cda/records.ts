import type { IssueCode } from '../../fhir/outcome.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { identifiersOf } from '../local-identity.ts';
import type { Contribution, Fault, Origin, SentEntry } from '../message.ts';
import { faultIn } from '../message.ts';
import type { XmlElement } from './element.ts';
import { pathOf } from './element.ts';

/** Collects what is found in one document. */
export interface Records {
  /** A record under a number that was added before is that record: what is said of it again changes nothing. @returns a Reference to it */
  add(resource: Resource, from: XmlElement, how?: AddedHow): JsonObject;
  fault(code: IssueCode, at: XmlElement, diagnostics: string): void;
  readonly entries: readonly AddedEntry[];
  readonly faults: readonly Fault[];
}

/** An entry, and the element that it was made from. */
export interface AddedEntry extends SentEntry { readonly from: XmlElement }

export interface AddedHow {
  /** First element of the resource -> the place in the document that it came from. */
  readonly elements?: Readonly<Record<string, XmlElement | undefined>>;
  readonly contribution?: Contribution;
  readonly ownId?: string;
}

/** What a document says of records that it only mentions. */
export const MENTIONED: Contribution = { authority: 0, cleared: [] };

export function createRecords(): Records {
  const entries: AddedEntry[] = [];
  const faults: Fault[] = [];
  const numbered = new Map<string, string>();
  return {
    entries,
    faults,
    add: (resource, from, { elements = {}, contribution, ownId } = {}) => {
      const [number] = identifiersOf(resource);
      const name = number === undefined ? undefined : `${resource.resourceType} ${number.system}|${number.value}`;
      const known = name === undefined ? undefined : numbered.get(name);
      if (known !== undefined) return { reference: known };
      const index = entries.length;
      const fullUrl = placeholder(resource.resourceType, index);
      if (name !== undefined) numbered.set(name, fullUrl);
      entries.push({
        index, at: resource.resourceType, resource, fullUrl, method: 'POST', ownId, from, origin: new LazyOrigin(from, elements),
        ...(contribution === undefined ? {} : { contribution }),
      });
      return { reference: fullUrl };
    },
    fault: (code, at, diagnostics) => {
      faults.push(faultIn(undefined, code, pathOf(at), diagnostics));
    },
  };
}

function placeholder(type: string, index: number): string {
  return `urn:bund:cda:${type}.${index}`;
}

/**
 * Places are worked out when somebody asks, since only faults do. A class, because getters of an object literal would cost a
 * hidden class for each object.
 */
class LazyOrigin implements Origin {
  readonly #from: XmlElement;
  readonly #elements: Readonly<Record<string, XmlElement | undefined>>;

  constructor(from: XmlElement, elements: Readonly<Record<string, XmlElement | undefined>>) {
    this.#from = from;
    this.#elements = elements;
  }

  get at(): string {
    return pathOf(this.#from);
  }

  get elements(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#elements).flatMap(([name, element]) => (element === undefined ? [] : [[name, pathOf(element)] as const])));
  }
}
