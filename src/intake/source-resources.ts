import { SOURCE_SYSTEM } from '../audit/index.ts';
import type { Config } from '../config.ts';
import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, Resource, ResourceKey } from '../fhir/resource.ts';
import { USCC_SYSTEM } from '../fhir/validation/identifiers.ts';
import type { Source } from './source.ts';

type Identified = Resource & { readonly id: string };

/** A way on which a source sends. */
export interface Channel {
  readonly kind: 'fhir-rest' | 'hl7v2-mllp' | 'document' | 'table';
  /** Of the address, what anybody may know. */
  readonly address: string;
}

/** The ways that are open to a source. Where the exchange listens for MLLP is agreed with the institution, and told to nobody else. */
export function channelsOf({ id, hl7v2, cda, tables = [] }: Source, { baseUrl = '', mllp }: Pick<Config, 'baseUrl' | 'mllp'>): readonly Channel[] {
  const address = `${baseUrl}/intake/${id}`;
  return [
    { kind: 'fhir-rest', address },
    ...(hl7v2 === undefined || mllp === undefined ? [] : [{ kind: 'hl7v2-mllp', address: `mllp:${id}` } as const]),
    ...(cda === undefined ? [] : [{ kind: 'document', address } as const]),
    ...(tables.length === 0 ? [] : [{ kind: 'table', address } as const]),
  ];
}

const CONNECTION_TYPE = 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type';
const CONNECTION_TYPES: Readonly<Record<Channel['kind'], JsonObject>> = {
  'fhir-rest': { system: CONNECTION_TYPE, code: 'hl7-fhir-rest' },
  'hl7v2-mllp': { system: CONNECTION_TYPE, code: 'hl7v2-mllp' },
  document: { system: 'https://bund.example/CodeSystem/channel', code: 'document' },
  table: { system: 'https://bund.example/CodeSystem/channel', code: 'table' },
};

export function organizationOf({ organization }: Source): Identified {
  return {
    resourceType: 'Organization',
    id: organization.id,
    identifier: [{ system: USCC_SYSTEM, value: organization.uscc }],
    active: true,
    type: [{ coding: [{ system: 'https://bund.example/CodeSystem/institution-level', code: organization.level }] }],
    name: organization.name,
  };
}

export function endpointKey({ id }: Source, { kind }: Channel): ResourceKey {
  return { type: 'Endpoint', id: derivedId('Endpoint', id, kind) };
}

export function endpointOf(source: Source, channel: Channel): Identified {
  return {
    resourceType: 'Endpoint',
    id: endpointKey(source, channel).id,
    identifier: [{ system: SOURCE_SYSTEM, value: source.id }],
    status: 'active',
    connectionType: CONNECTION_TYPES[channel.kind],
    name: source.name,
    managingOrganization: { reference: `Organization/${source.organization.id}` },
    payloadType: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'any' }] }],
    address: channel.address,
  };
}

export function deviceKey({ id }: Source): ResourceKey {
  return { type: 'Device', id: derivedId('Device', id) };
}

/** The sending system. */
export function deviceOf(source: Source): Identified {
  return {
    resourceType: 'Device',
    id: deviceKey(source).id,
    identifier: [{ system: SOURCE_SYSTEM, value: source.id }],
    status: 'active',
    deviceName: [{ name: source.name, type: 'user-friendly-name' }],
    type: { coding: [{ system: 'https://bund.example/CodeSystem/device-type', code: 'sending-system' }] },
    owner: { reference: `Organization/${source.organization.id}` },
  };
}
