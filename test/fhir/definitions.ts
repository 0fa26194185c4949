import path from 'node:path';
import { loadDefinitions } from '../../src/fhir/definitions/load.ts';

/** The definitions and profiles of this exchange, as it starts with them. */
export const definitions = await loadDefinitions({ profilesDir: path.resolve(import.meta.dirname, '../../profiles/fhir') });
