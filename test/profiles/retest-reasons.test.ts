import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Parsed } from '../http/server.ts';

const profiles = path.resolve(import.meta.dirname, '../../profiles');
const read = async (file: string) => JSON.parse(await readFile(path.join(profiles, file), 'utf8'));

it('The lawful reasons to test again are those of the code system that decisions are coded with', async () => {
  const { concept } = await read('fhir/CodeSystem-retest-reason.json');
  const reasons = await read('recognition/retest-reasons.json');
  expect(reasons.map(({ code, zh, en }: Parsed) => [code, zh, `${String(en)}.`])).toEqual(concept.map(({ code, display, definition }: Parsed) => [code, display, definition]));
  expect(reasons.filter(({ needsText }: Parsed) => needsText === true).map(({ code }: Parsed) => code)).toEqual(['6']);
});
