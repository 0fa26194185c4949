/** Forms of dates, told in the letters that spreadsheets use. */

/** Takes what it stands for from `text` at a place into `parts`; gives the place behind it, or -1 where it does not stand there. */
type Step = (text: string, at: number, parts: DateParts) => number;

/** A point of the calendar as written, not yet known to be real. */
interface DateParts { year: number; month: number; day: number; hour: number; minute: number; second: number; fraction: string; hasTime: boolean }

const EXCEL = 'excel';
const TOKEN = /yyyy|MM|M|dd|d|HH|H|mm|m|ss|s|SSS|[^A-Za-z]|T/gy;

type NumberPart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
const NUMBERS: Readonly<Record<string, readonly [NumberPart, number, number]>> = {
  yyyy: ['year', 4, 4], MM: ['month', 2, 2], M: ['month', 1, 2], dd: ['day', 2, 2], d: ['day', 1, 2],
  HH: ['hour', 2, 2], H: ['hour', 1, 2], mm: ['minute', 2, 2], m: ['minute', 1, 2], ss: ['second', 2, 2], s: ['second', 1, 2],
};

/** True for a form that says a day in full, and for `excel`. */
export function isDateFormat(format: string): boolean {
  return format === EXCEL || compile(format) !== undefined;
}

/**
 * Reads dates in any of these forms. The first form that has the shape of a text decides: what is then no real date is
 * none, so that 13/5 is not read the other way round than 12/5 beside it.
 *
 * @param formats that `isDateFormat` holds for; ISO 8601 is tried last
 * @param offset of times without one, `+08:00`; @param is1904 for numbers of days: they count from 1904, as on old Macs
 * @returns a function from a text to a FHIR date or dateTime, undefined for what is none
 */
export function dateReader(formats: readonly string[], offset: string, is1904 = false): (text: string) => string | undefined {
  const shapes = [...formats.filter((format) => format !== EXCEL), 'yyyy-MM-dd', 'yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH:mm'].map(compile).filter((shape) => shape !== undefined);
  const readsSerials = formats.includes(EXCEL);
  const read = (text: string): string | undefined => {
    const serial = readsSerials && SERIAL.test(text) ? dateOfSerial(Number(text), is1904) : undefined;
    if (serial !== undefined) return inFhir(serial, offset);
    for (const shape of shapes) {
      const parts = match(shape, text);
      if (parts !== undefined) return inFhir(parts, offset);
    }
    return readIso(text, offset);
  };
  return remembering(read);
}

/** The columns of a table repeat the same times over and over. */
function remembering(read: (text: string) => string | undefined): (text: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const answer = read(text);
    known.set(text, answer);
    return answer;
  };
}
const MOST_REMEMBERED = 5_000;

function compile(format: string): readonly Step[] | undefined {
  const tokens = format.match(TOKEN) ?? [];
  const names = tokens.map((token) => NUMBERS[token]?.[0]).filter((name) => name !== undefined);
  const saysOnce = (name: NumberPart): boolean => names.filter((other) => other === name).length === 1;
  const isWhole = tokens.join('') === format && saysOnce('year') && saysOnce('month') && saysOnce('day') && new Set(names).size === names.length;
  return isWhole ? tokens.map(stepOf) : undefined;
}

function stepOf(token: string): Step {
  const number = NUMBERS[token];
  if (number !== undefined) return numberStep(...number);
  if (token === 'SSS') return fractionStep;
  return (text, at) => (text.startsWith(token, at) ? at + token.length : -1);
}

function numberStep(name: NumberPart, least: number, most: number): Step {
  return (text, at, parts) => {
    const end = endOfDigits(text, at, most);
    if (end - at < least) return -1;
    parts[name] = Number(text.slice(at, end));
    if (name === 'hour') parts.hasTime = true;
    return end;
  };
}

function fractionStep(text: string, at: number, parts: DateParts): number {
  const end = endOfDigits(text, at, 9);
  parts.fraction = text.slice(at, end);
  return end === at ? -1 : end;
}

function endOfDigits(text: string, at: number, most: number): number {
  let end = at;
  while (end < at + most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end;
}

function match(steps: readonly Step[], text: string): DateParts | undefined {
  const parts: DateParts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, fraction: '', hasTime: false };
  let at = 0;
  for (const step of steps) {
    at = step(text, at, parts);
    if (at < 0) return undefined;
  }
  return at === text.length ? parts : undefined;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function inFhir(parts: DateParts, offset: string): string | undefined {
  const { year, month, day, hour, minute, second, fraction, hasTime } = parts;
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (year < 1 || day < 1 || day > (MONTH_DAYS[month - 1] ?? 0) + leapDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return hasTime ? `${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction === '' ? '' : `.${fraction}`}${offset}` : date;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/;

function readIso(text: string, offset: string): string | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = offset] = found;
  const number = { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute), second: Number(second) };
  return inFhir({ ...number, fraction, hasTime: true }, zone);
}

const SERIAL = /^\d{1,7}(?:\.\d+)?$/;
const DAY_MS = 86_400_000;
/** Day 0 of both systems, as Excel counts them. That of 1900 has a day too many: 60, the 29th of February of a year that had none. */
const START_1900 = Date.UTC(1899, 11, 30);
const START_1904 = Date.UTC(1904, 0, 1);
const NO_SUCH_DAY = 60;
/** The 31st of December 9999. */
const LAST_SERIAL = 2_958_465;

/**
 * The point of the calendar that Excel keeps as a number of days, to the second.
 *
 * @param is1904 of a workbook whose days count from 1904
 * @returns undefined for a number that is no day
 */
export function dateOfSerial(serial: number, is1904: boolean): DateParts | undefined {
  const days = Math.floor(serial);
  if (!(serial >= 1) || days > LAST_SERIAL || (!is1904 && days === NO_SUCH_DAY)) return undefined;
  const correction = !is1904 && days < NO_SUCH_DAY ? 1 : 0;
  const seconds = Math.round((serial - days) * 86_400);
  const date = new Date((is1904 ? START_1904 : START_1900) + (days + correction) * DAY_MS + seconds * 1000);
  return {
    year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(),
    hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), fraction: '', hasTime: serial !== days,
  };
}
