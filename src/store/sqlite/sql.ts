/** SQL text with its values, put together from parts so that no value ever becomes text. */
export type SqlValue = string | number | null;

export interface Sql { readonly text: string; readonly args: readonly SqlValue[] }

/** Parts that are Sql are spliced in, every other becomes a bound value. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
  let text = strings[0] ?? '';
  const args: SqlValue[] = [];
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'object' && part !== null) {
      text += part.text;
      args.push(...part.args);
    } else {
      text += '?';
      args.push(part);
    }
    text += strings[i + 1] ?? '';
  }
  return { text, args };
}

/** Text of our own making: a table's or a column's name. */
export function name(text: string): Sql {
  return { text, args: [] };
}

/** LIMIT as text: SQLite prepares a statement anew each time a bound limit is bound again. @param count a whole number */
export function limitTo(count: number, offset?: number): Sql {
  return name(offset === undefined ? `LIMIT ${Math.trunc(count)}` : `LIMIT ${Math.trunc(count)} OFFSET ${Math.trunc(offset)}`);
}

export const NEVER = name('0');
export const ALWAYS = name('1');

export function join(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map((part) => part.text).join(separator), args: parts.flatMap((part) => part.args) };
}

/** The column is one of the numbers; false for none. */
export function isOneOf(column: Sql, numbers: readonly number[]): Sql {
  const [first] = numbers;
  if (first === undefined) return NEVER;
  return numbers.length === 1 ? sql`${column} = ${first}` : sql`${column} IN (${join(numbers.map((number) => sql`${number}`), ',')})`;
}

/** All hold; true for none. */
export function and(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? ALWAYS : join(parts, ' AND ');
}

/** Any holds; false for none. A balanced tree, since SQLite bounds the depth of an expression. */
export function or(parts: readonly Sql[]): Sql {
  const [first] = parts;
  if (first === undefined) return NEVER;
  if (parts.length === 1) return first;
  if (parts.length <= 8) return sql`(${join(parts, ' OR ')})`;
  const middle = parts.length >> 1;
  return sql`(${or(parts.slice(0, middle))} OR ${or(parts.slice(middle))})`;
}
