import { Ajv } from 'ajv';
import assert from 'node:assert/strict';

/** What CDS Hooks 2.0 says of its answers, as JSON Schema, strictly: no member that the specification does not know. @see https://cds-hooks.hl7.org/2.0/ */
const coding = { type: 'object', required: ['code', 'system'], properties: { system: { type: 'string', format: 'url' }, code: { type: 'string', minLength: 1 }, display: { type: 'string', minLength: 1 } }, additionalProperties: false };
const uuid = { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' };
const url = { type: 'string', pattern: '^https?://\\S+$' };

const action = {
  type: 'object', required: ['type', 'description'], additionalProperties: false,
  properties: { type: { enum: ['create', 'update', 'delete'] }, description: { type: 'string', minLength: 1 }, resource: { type: 'object' }, resourceId: { type: 'string', pattern: '^[A-Z][A-Za-z]+/[A-Za-z0-9\\-.]{1,64}$' } },
  if: { properties: { type: { const: 'delete' } } }, then: { required: ['resourceId'], not: { required: ['resource'] } }, else: { required: ['resource'] },
};
const suggestion = {
  type: 'object', required: ['label'], additionalProperties: false,
  properties: { label: { type: 'string', minLength: 1 }, uuid, isRecommended: { type: 'boolean' }, actions: { type: 'array', minItems: 1, items: action } },
};
const link = {
  type: 'object', required: ['label', 'url', 'type'], additionalProperties: false,
  properties: { label: { type: 'string', minLength: 1 }, url, type: { enum: ['absolute', 'smart'] }, appContext: { type: 'string' } },
};
const card = {
  type: 'object', required: ['summary', 'indicator', 'source'], additionalProperties: false,
  properties: {
    uuid, summary: { type: 'string', minLength: 1, maxLength: 139 }, detail: { type: 'string', minLength: 1 },
    // Critical is in the specification; here no card may stop a physician.
    indicator: { enum: ['info', 'warning'] },
    source: { type: 'object', required: ['label'], additionalProperties: false, properties: { label: { type: 'string', minLength: 1 }, url, icon: url, topic: coding } },
    suggestions: { type: 'array', minItems: 1, items: suggestion }, selectionBehavior: { enum: ['at-most-one', 'any'] },
    overrideReasons: { type: 'array', minItems: 1, items: { ...coding, required: ['code', 'system', 'display'] } }, links: { type: 'array', items: link },
  },
  dependentRequired: { suggestions: ['selectionBehavior'] },
};
const response = { type: 'object', required: ['cards'], additionalProperties: false, properties: { cards: { type: 'array', items: card }, systemActions: { type: 'array' } } };
const discovery = {
  type: 'object', required: ['services'], additionalProperties: false,
  properties: {
    services: {
      type: 'array',
      items: {
        type: 'object', required: ['hook', 'description', 'id'], additionalProperties: false,
        properties: { hook: { enum: ['patient-view', 'order-select', 'order-sign'] }, title: { type: 'string' }, description: { type: 'string', minLength: 1 }, id: { type: 'string', pattern: '^[a-z0-9-]+$' }, prefetch: { type: 'object', additionalProperties: { type: 'string' } }, usageRequirements: { type: 'string' } },
      },
    },
  },
};

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const isResponse = ajv.compile(response);
const isDiscovery = ajv.compile(discovery);

/** Fails unless the body is a legal answer of a service. */
export function assertCards(body: unknown): void {
  assert.ok(isResponse(body), JSON.stringify(isResponse.errors));
}

/** Fails unless the body is a legal answer of the discovery. */
export function assertDiscovery(body: unknown): void {
  assert.ok(isDiscovery(body), JSON.stringify(isDiscovery.errors));
}
