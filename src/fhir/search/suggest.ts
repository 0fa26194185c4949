/** More than any type has search parameters; a reference can have many more targets. */
const MAX_SHOWN = 60;

/** The valid words for a message, those most like a mistaken one first, the end of a very long list cut. */
export function suggestions(mistaken: string, valid: readonly string[]): string {
  const words = likeliest(mistaken, valid);
  const rest = words.length - MAX_SHOWN;
  return words.slice(0, MAX_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function likeliest(mistaken: string, valid: readonly string[]): readonly string[] {
  const word = mistaken.slice(0, 64).toLowerCase();
  return valid.map((candidate) => ({ candidate, distance: editDistance(word, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .map(({ candidate }) => candidate);
}

/** A name for a message: cut where it is longer than any real one. */
export function shown(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}

/** How many letters must be added, removed or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
