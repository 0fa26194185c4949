import { styleText } from 'node:util';
import Table from 'cli-table3';

/** A line that opens a part of the demonstration; bold on a terminal, plain in a file. */
export function heading(text: string): void {
  console.log(`\n${styleText('bold', text)}\n`);
}

/** Names and values under each other, the values in one column; a value of several lines stays in it. */
export function facts(pairs: readonly (readonly [name: string, value: string | readonly string[]])[]): void {
  const width = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) {
    const lines = typeof value === 'string' ? [value] : value;
    for (const [at, line] of lines.entries()) console.log(`  ${(at === 0 ? name : '').padEnd(width)}  ${line}`);
  }
}

/** A table without colours, whose columns stay straight where Chinese and Latin letters meet. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], rightAligned: readonly number[] = []): void {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) drawn.push([...row]);
  console.log(drawn.toString());
}

/** `7163` as `7,163`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
