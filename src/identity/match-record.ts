import { hash } from 'node:crypto';
import { resourceOf } from '../fhir/body.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject, objectsOf } from '../fhir/resource.ts';
import { blockingKeys, featuresOf } from './matching/index.ts';
import type { Features } from './matching/index.ts';
import type { Traits } from './patient-traits.ts';
import { traitsOf } from './patient-traits.ts';
import { idOf } from './person.ts';

/** A Patient as far as it matters for the question whose record it is. */
export interface MatchRecord {
  /** Logical id. */
  readonly patient: string;
  readonly features: Features;
  readonly traits: Traits;
  /** What records share that are compared; none for a record without anything to go by. */
  readonly keys: readonly string[];
  /** Differs whenever anything differs by which the record is joined to a person. */
  readonly digest: string;
  readonly merges: readonly Merge[];
  readonly resource: Resource;
}

/** That its source merged this record into another, or another into this one. */
export interface Merge { readonly type: 'replaces' | 'replaced-by'; readonly patient: string }

/** One Patient is looked at on its way into the store several times. */
const known = new WeakMap<Resource, MatchRecord>();

/** @param resource a Patient with its id, which nobody changes */
export function matchRecord(resource: Resource & { readonly id: string }): MatchRecord {
  const record = known.get(resource) ?? made(resource);
  known.set(resource, record);
  return record;
}

function made(resource: Resource & { readonly id: string }): MatchRecord {
  const features = featuresOf(resource);
  const traits = traitsOf(resource);
  const merges = mergesOf(resource);
  return { patient: resource.id, features, traits, keys: blockingKeys(features), digest: digestOf(resource, [features, traits, merges]), merges, resource };
}

export function hasId(resource: Resource): resource is Resource & { readonly id: string } {
  return typeof resource.id === 'string';
}

/** @param body a stored Patient, JSON text */
export function storedRecord(id: string, body: string): MatchRecord {
  return made({ ...resourceOf(body), id });
}

/** The institution that a record makes its person known at hangs on who sent it, or who manages it. */
function digestOf({ id, meta, managingOrganization }: Resource, compared: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([id, meta?.['source'], managingOrganization, compared]), 'base64url').slice(0, 22);
}

function mergesOf(patient: Resource): readonly Merge[] {
  return objectsOf(patient['link']).flatMap((link: JsonObject) => {
    const id = isObject(link['other']) ? idOf(link['other'], 'Patient') : undefined;
    const { type } = link;
    return id === undefined || (type !== 'replaces' && type !== 'replaced-by') ? [] : [{ type, patient: id }];
  });
}
