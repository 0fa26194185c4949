/**
 * V8 reads a name with an escape wrongly where an object before it had a name with a backslash in the same place:
 * `{"a":1,"\u0041":2}` after `{"a":1,"\\":2}`, whoever sent it (https://github.com/nodejs/node/issues/63785). So `JSON.parse` is
 * given another name in the place of each, and the result gets the right ones.
 */

/** Begins each name that stands for another: of the private use area, and itself given another name where it begins one. */
const STAND_IN = '\ue000';

/** @param written a name as it stands in the text, quotes included */
export function needsStandIn(written: string): boolean {
  return written.includes('\\') || written.startsWith(STAND_IN, 1);
}

/**
 * @param places starts and ends in turn, of all names that need a stand-in, quotes included
 * @param parse reads a text without such names
 * @throws SyntaxError with a place in the text that was sent
 */
export function parseWithStandIns(text: string, places: readonly number[], parse: (text: string) => unknown): unknown {
  const names: string[] = [];
  let replaced = '';
  let done = 0;
  try {
    for (let i = 0; i < places.length; i += 2) {
      replaced += `${text.slice(done, places[i])}"${STAND_IN}${names.length}"`;
      done = places[i + 1] ?? done;
      names.push(JSON.parse(text.slice(places[i], done)) as string);
    }
    return renamed(parse(replaced + text.slice(done)), names);
  } catch (error) {
    // The same fault, at its place in the text that was sent.
    JSON.parse(text);
    throw error;
  }
}

function renamed(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.startsWith(STAND_IN) ? names[Number(name.slice(1))] ?? name : name, renamed(member, names)]));
}
