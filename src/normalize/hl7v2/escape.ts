import { type Separators, UNUSED } from './separators.ts';

/**
 * Writes a text so that it divides nothing: `unescapeText` reads it back. Where a message declares no escape character,
 * separators become blanks.
 */
export function escapeText(text: string, separators: Separators): string {
  const { escape } = separators;
  let written = '';
  let done = 0;
  for (let at = 0; at < text.length; at += 1) {
    const name = escapeName(text.charAt(at), separators);
    if (name === undefined) continue;
    written += text.slice(done, at) + (escape === UNUSED ? ' ' : escape + name + escape);
    done = at + 1;
  }
  return written + text.slice(done);
}

function escapeName(char: string, separators: Separators): string | undefined {
  switch (char) {
    // First, since it stands for a separator that is not used.
    case '\r': return 'X0D';
    case '\n': return '.br';
    case separators.field: return 'F';
    case separators.component: return 'S';
    case separators.subcomponent: return 'T';
    case separators.repetition: return 'R';
    case separators.escape: return 'E';
    case separators.truncation: return 'P';
    default: return undefined;
  }
}
