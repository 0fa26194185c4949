import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type MatchModel, MatchModelError, parseMatchModel } from './model.ts';

/**
 * Reads the model at start. The one file here that touches the file system.
 *
 * @param file `profiles/identity/model.json`
 * @throws MatchModelError that names the file and every element at fault
 */
export async function loadMatchModel(file: string): Promise<MatchModel> {
  const name = `profiles/identity/${path.basename(file)}`;
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    return parseMatchModel(json);
  } catch (error) {
    if (error instanceof MatchModelError) throw new MatchModelError(`${name}: ${error.message}`);
    throw new MatchModelError(error instanceof SyntaxError ? `${name} is not JSON` : `${name} cannot be read`, { cause: error });
  }
}
