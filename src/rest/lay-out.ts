const STEP = '  ';

/**
 * JSON text with a line for each member, for people. The text is walked and not parsed, so that every numeral stays as it is
 * written and no depth is too great.
 *
 * @param json valid, without white space between its tokens
 */
export function laidOutJson(json: string): string {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^[\]{},:"]+/g;
  let text = '';
  let depth = 0;
  const newLine = (): string => `\n${STEP.repeat(depth)}`;
  for (const [part] of json.matchAll(token)) {
    if (part === '{' || part === '[') {
      depth++;
      text += part + newLine();
    } else if (part === '}' || part === ']') {
      depth--;
      // Nothing stands between the brackets of an empty object or list.
      text = /[{[]\s*$/.test(text.slice(-2 * depth - 4)) ? text.trimEnd() + part : text + newLine() + part;
    } else if (part === ',') text += part + newLine();
    else text += part === ':' ? ': ' : part;
  }
  return text;
}
