import { readFile } from 'node:fs/promises';
import { type MatchModel, parseMatchModel } from './model.ts';

/** @param file `profiles/identity/model.json` */
export async function loadMatchModel(file: string): Promise<MatchModel> {
  const json: unknown = JSON.parse(await readFile(file, 'utf8'));
  return parseMatchModel(json);
}
