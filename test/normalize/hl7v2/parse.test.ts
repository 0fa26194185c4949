import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { escapeText } from '../../../src/normalize/hl7v2/escape.ts';
import { parseV2, V2_LIMITS } from '../../../src/normalize/hl7v2/parse.ts';
import type { Segment } from '../../../src/normalize/hl7v2/segment.ts';
import { readSeparators } from '../../../src/normalize/hl7v2/separators.ts';

const HEADER = 'MSH|^~\\&|LIS|HOSP|HIE|DISTRICT|20260301080000||ORU^R01^ORU_R01|MSG-1|P|2.5.1|||||CHN|UNICODE UTF-8';

function segmentOf(line: string): Segment {
  return parseV2(`${HEADER}\r${line}\r`).segments[1]!;
}

const names = (text: string): string[] => parseV2(text).segments.map((segment) => segment.place());
const reasonOf = (text: string, limits = V2_LIMITS): string => {
  try {
    parseV2(text, limits);
  } catch (error) {
    if (error instanceof UnreadableMessage) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'read';
};

describe('the header of a message', () => {
  it('is numbered so that MSH-1 is the field separator', () => {
    const { header, version, type, event, controlId } = parseV2(HEADER);
    expect([header.text(1), header.text(2), header.text(3), header.text(9, 3)]).toEqual(['|', '^~\\&', 'LIS', 'ORU_R01']);
    expect({ version, type, event, controlId }).toEqual({ version: '2.5.1', type: 'ORU', event: 'R01', controlId: 'MSG-1' });
    expect(header.values(2).map((value) => value.raw)).toEqual(['^~\\&']);
  });

  it('may declare other separators, fewer of them, or the truncation character of 2.7', () => {
    const { segments } = parseV2('MSH#*!@/%#LIS\rPID#1##a*b/c!d#x@S@y@P@z');
    expect(segments[1]?.values(3).map((value) => [value.text(1), value.text(2, 2)])).toEqual([['a', 'c'], ['d', '']]);
    expect(segments[1]?.text(4)).toBe('x*y%z');
    const few = parseV2('MSH|^|LIS\rPID|1||a^b~c&d\\S\\');
    expect(few.segments[1]?.text(3, 2)).toBe('b~c&d\\S\\');
  });

  it.each([
    ['', 'does not begin with an MSH'], ['PID|1', 'does not begin with an MSH'], ['msh|^~\\&|', 'does not begin with an MSH'],
    ['MSH', 'MSH-1'], ['MSH|', 'MSH-2'], ['MSH||LIS', 'MSH-2'], ['MSH|^^|LIS', 'MSH-2'], ['MSH|^~\\|LIS', 'read'], ['MSH|^~|\\&|LIS', 'read'],
    ['MSHA^~\\&A', 'MSH-1'], ['MSH|^~\\&#+|LIS', 'MSH-2'], ['MSH|^"\\&|LIS', 'MSH-2'], ['MSH|^~.&|LIS', 'MSH-2'], ['MSH|^|~', 'read'],
  ])('refuses %j where it cannot divide the message', (text, told) => {
    expect(reasonOf(text)).toContain(told);
  });
});

describe('segments', () => {
  it('end with CR, LF or both, with blanks before, a byte order mark in front and no end at the last', () => {
    for (const end of ['\r', '\n', '\r\n', '\r\r', ' \r', '\r\n\r\n']) expect(names(`\ufeff\r\n${HEADER}${end}PID|1${end}OBX|1${end}OBX|2`)).toEqual(['MSH[1]', 'PID[1]', 'OBX[1]', 'OBX[2]']);
    expect(names(`${HEADER}\rPID|1\nOBX|1\r\nOBX|2\r\n`)).toEqual(['MSH[1]', 'PID[1]', 'OBX[1]', 'OBX[2]']);
  });

  it('keep a line break of their text where CR ends them, as the standard says', () => {
    const { segments } = parseV2(`${HEADER}\rNTE|1||line one\nline two|RE\rOBX|1\r`);
    expect(segments[1]?.text(3)).toBe('line one\nline two');
    expect(segments[1]?.text(4)).toBe('RE');
  });

  it('are refused when a line is none, and told by the segment before it', () => {
    expect(reasonOf(`${HEADER}\nNTE|1||line one\nline two`)).toMatch(/^syntax: .*after NTE\[1\].*\\\.br\\/);
    expect(reasonOf(`${HEADER}\rPID`)).toBe('read');
    expect(reasonOf(`${HEADER}\rPIDX|1`)).toContain('syntax');
    expect(reasonOf(`${HEADER}\robx|1`)).toContain('syntax');
  });

  it('are those of one message', () => {
    expect(reasonOf(`${HEADER}\rPID|1\r${HEADER}\rPID|1`)).toMatch(/second MSH follows PID\[1\]/);
  });

  it('tell where a value stands', () => {
    expect(segmentOf('OBX|1').place(5)).toBe('OBX[1]-5');
    expect(segmentOf('OBX|1|NM').fieldCount).toBe(2);
    expect(parseV2(HEADER).header.fieldCount).toBe(18);
  });
});

describe('values', () => {
  it('are empty where nothing was sent', () => {
    const pid = segmentOf('PID|1|| ^&^ ~|x');
    expect([pid.text(2), pid.text(3), pid.text(99), pid.text(4, 2), pid.text(4, 1, 2), pid.text(4, 7, 7)]).toEqual(['', '', '', '', '', '']);
    expect(pid.values(3)).toEqual([]);
    expect(pid.value(3).isEmpty).toBe(true);
    expect(pid.value(4).isEmpty).toBe(false);
    expect(pid.value(2).components()).toBe(0);
  });

  it('are told from the null that empties a field, which is no text', () => {
    const pid = segmentOf('PID|1|""|""^x|a^""');
    expect([pid.isNull(2), pid.isNull(3), pid.isNull(4)]).toEqual([true, false, false]);
    expect(pid.values(2).map((value) => value.isNull)).toEqual([true]);
    expect([pid.text(2), pid.text(3), pid.text(4, 2), pid.value(2).wholeText()]).toEqual(['', '', '', '']);
  });

  it('have repetitions, components and subcomponents', () => {
    const pid = segmentOf('PID|1||A^^^H1&oid&ISO~~B^^^H2');
    expect(pid.values(3).map((value) => [value.text(), value.text(4), value.text(4, 2), value.components(), value.subcomponents(4), value.subcomponents(2)])).toEqual([
      ['A', 'H1', 'oid', 4, 3, 0], ['B', 'H2', '', 4, 1, 0],
    ]);
    expect(pid.text(3, 4, 3)).toBe('ISO');
  });

  it('are read whole where a sender forgot to escape', () => {
    const obx = segmentOf('OBX|1|TX|X||  a^b & c\\F\\ \\.br\\d  ');
    expect(obx.value(5).wholeText()).toBe('  a^b & c| \nd');
    expect(obx.text(5)).toBe('a');
  });
});

describe('the limits of a message', () => {
  const limits = { characters: 1_000, segments: 3, fields: 20, repetitions: 3 };

  it('count segments, characters, fields and repetitions', () => {
    expect(reasonOf(`${HEADER}\rPID|1\rOBX|1\r`, limits)).toBe('read');
    expect(reasonOf(`${HEADER}\rPID|1\rOBX|1\rOBX|2`, limits)).toMatch(/^limit: .*3 segments/);
    expect(reasonOf(`${HEADER}\r\r\r\r\rPID|1`, limits)).toMatch(/^limit/);
    expect(reasonOf(`${HEADER}\rNTE|${'x'.repeat(1_000)}`, limits)).toMatch(/^limit: .*1000 characters/);
    expect(reasonOf(`${HEADER}\rPID${'|'.repeat(20)}1`, limits)).toBe('read');
    expect(reasonOf(`${HEADER}\rPID${'|'.repeat(21)}1`, limits)).toMatch(/^limit: A segment PID .*20 fields/);
    expect(reasonOf(`${HEADER}\rPID|1~2~3`, limits)).toBe('read');
    expect(reasonOf(`${HEADER}\rPID|1~2~3~4`, limits)).toMatch(/^limit: A segment PID .*3 repetitions/);
  });

  it('hold what may come within them: many segments, and a field of many megabytes', () => {
    const many = parseV2(HEADER + '\rOBX|1|NM|GLU||6.0'.repeat(99_999));
    expect(many.segments).toHaveLength(100_000);
    expect(many.segments.at(-1)?.place(5)).toBe('OBX[99999]-5');
    const escapes = '\\XFF\\'.repeat(200_000) + '\\zz'.repeat(200_000);
    expect(segmentOf(`OBX|1|TX|X||${escapes}`).text(5)).toBe(escapes);
    expect(segmentOf(`OBX|1|TX|X||${'&'.repeat(1_000_000)}`).value(5).isEmpty).toBe(true);
  });
});

const separatorsOf = fc.uniqueArray(fc.constantFrom(...Array.from('!#$%&\'()*,/:;<=>?@[\\]^_`{|}~')), { minLength: 5, maxLength: 6 }).map(([field = '', ...others]) => readSeparators(`MSH${field}${others.join('')}${field}`));
/** What a value gives back: text without outer blanks that is not the null. */
const texts = fc.string({ unit: fc.oneof(fc.constantFrom(...Array.from('|^~\\&#.\r\n"XFE0 中')), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 12 }).filter((text) => text === text.trim() && text !== '""' && text !== '');

describe('properties', () => {
  it('reads what was escaped, whatever the separators and the texts are', () => {
    fc.assert(fc.property(separatorsOf, fc.array(fc.array(fc.array(fc.array(texts, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }), fc.constantFrom('\r', '\n', '\r\n'), (separators, fields, end) => {
      const { field, component, repetition, escape, subcomponent } = separators;
      const declared = component + repetition + escape + subcomponent + (separators.truncation === '\r' ? '' : separators.truncation);
      const line = fields.map((repetitions) => repetitions.map((components) => components.map((parts) => parts.map((part) => escapeText(part, separators)).join(subcomponent)).join(component)).join(repetition)).join(field);
      const message = parseV2(`MSH${field}${declared}${field}LIS${end}ZZZ${field}${line}${end}`);
      const read = fields.map((_, index) => message.segments[1]!.values(index + 1).map((value) =>
        Array.from({ length: value.components() }, (__, c) => Array.from({ length: value.subcomponents(c + 1) }, (___, s) => value.text(c + 1, s + 1)))));
      expect(read).toEqual(fields);
    }));
  });

  it('never fails on any text but with an unreadable message, and reads every field of what it accepts', () => {
    const noise = fc.string({ unit: fc.constantFrom(...Array.from('MSHPIDOBX|^~\\&\r\n"X4F.br+1 中\ufeff')), maxLength: 80 });
    fc.assert(fc.property(fc.oneof(noise, noise.map((text) => HEADER + text), fc.string({ unit: 'binary' })), (text) => {
      try {
        for (const segment of parseV2(text).segments) {
          for (let field = 0; field <= segment.fieldCount; field += 1) {
            for (const value of segment.values(field)) expect(typeof (value.text() + value.wholeText() + value.text(2, 2))).toBe('string');
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableMessage);
      }
    }), { numRuns: 1_000 });
  });
});
