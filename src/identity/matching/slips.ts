/** True where one character differs, or two neighbours stand the other way round. Both are of one length. */
export function isOneSlip(a: string, b: string): boolean {
  let first = -1;
  let count = 0;
  for (let at = 0; at < a.length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    if (++count > 2) return false;
    if (first < 0) first = at;
    else if (at !== first + 1) return false;
  }
  return count === 1 || (count === 2 && a[first] === b[first + 1] && a[first + 1] === b[first]);
}

/** True for one slip, or where one text has one character more. */
export function isOneEdit(a: string, b: string): boolean {
  if (a.length === b.length) return isOneSlip(a, b);
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length !== short.length + 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(at) === long.slice(at + 1);
}
