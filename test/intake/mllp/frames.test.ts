import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, type FrameEvent } from '../../../src/intake/mllp/frames.ts';

const LIMIT = 100;

interface Read { readonly frames: readonly string[]; readonly oversize: readonly number[]; readonly garbage: number }

/** Feeds the bytes in pieces, then lets the decoder settle. */
function read(pieces: readonly Buffer[], limit = LIMIT): Read {
  const decoder = new FrameDecoder(limit);
  const events: FrameEvent[] = [];
  const drain = (): void => {
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) events.push(event);
  };
  for (const piece of pieces) {
    decoder.push(piece);
    drain();
  }
  const last = decoder.settle();
  if (last !== undefined) events.push(last);
  drain();
  return {
    frames: events.flatMap((event) => event.kind === 'frame' ? [event.bytes.toString('latin1')] : []),
    oversize: events.flatMap((event) => event.kind === 'oversize' ? [event.length] : []),
    garbage: events.reduce((sum, event) => sum + (event.kind === 'garbage' ? event.length : 0), 0),
  };
}

const whole = (text: string, limit?: number): Read => read([Buffer.from(text, 'latin1')], limit);
const singly = (text: string, limit?: number): Read => read(Array.from(Buffer.from(text, 'latin1'), (byte) => Buffer.of(byte)), limit);
const none = { oversize: [], garbage: 0 };

describe.each([['in one piece', whole], ['byte by byte', singly]])('frames that come %s', (_, decode) => {
  it('are found one after another, with blanks between them', () => {
    expect(decode('\x0bMSH|1\r\x1c\r\x0bMSH|2\x1c\r')).toEqual({ ...none, frames: ['MSH|1\r', 'MSH|2'] });
    expect(decode(' \r\n\x0bMSH|1\x1c\r\r\n \x0bMSH|2\x1c\r\n')).toEqual({ ...none, frames: ['MSH|1', 'MSH|2'] });
    expect(decode('\x0b\x1c\r')).toEqual({ ...none, frames: [''] });
  });

  it('may lack the start byte or the CR at the end', () => {
    expect(decode('MSH|1\r\x1c\rMSH|2\x1c\r')).toEqual({ ...none, frames: ['MSH|1\r', 'MSH|2'] });
    expect(decode('\x0bMSH|1\x1c\x0bMSH|2\x1c')).toEqual({ ...none, frames: ['MSH|1', 'MSH|2'] });
    expect(decode('\x0bMSH|1\x1c\r\x0bMSH|2\x1c')).toEqual({ ...none, frames: ['MSH|1', 'MSH|2'] });
  });

  it('hold 0x0B and 0x1C where they end and begin nothing', () => {
    expect(decode('\x0bMSH|a\x1cb\x0bc\x1c\x1c\r')).toEqual({ ...none, frames: ['MSH|a\x1cb\x0bc\x1c'] });
  });

  it('are found behind bytes that are none, which are counted', () => {
    expect(decode('GET / HTTP/1.1\r\n\x0bMSH|1\x1c\rnoise\x0bMSH|2\x1c\r')).toEqual({ frames: ['MSH|1', 'MSH|2'], oversize: [], garbage: 21 });
    expect(decode('MSX\x0bMSH|1\x1c\rM')).toEqual({ frames: ['MSH|1'], oversize: [], garbage: 3 });
    expect(decode('MS\x0bMSH|1\x1c\r')).toEqual({ frames: ['MSH|1'], oversize: [], garbage: 2 });
    expect(decode('MMSH|1\x1c\r\x0bMSH|2\x1c\r')).toEqual({ frames: ['MSH|2'], oversize: [], garbage: 8 });
  });

  it('begin anew where one was cut and another message follows', () => {
    expect(decode('\x0bMSH|cut\rPID\x0bMSH|2\x1c\r')).toEqual({ frames: ['MSH|2'], oversize: [], garbage: 12 });
    expect(decode('\x0b\x0bBHS|1\x1c\r')).toEqual({ frames: ['BHS|1'], oversize: [], garbage: 1 });
  });

  it('are skipped when they are too long, and the next one is found', () => {
    const long = 'MSH|' + 'x'.repeat(LIMIT - 3);
    expect(decode(`\x0b${long}\x1c\r\x0bMSH|2\x1c\r`)).toEqual({ frames: ['MSH|2'], oversize: [LIMIT + 1], garbage: 0 });
    expect(decode(`\x0b${long.slice(1)}\x1c\r`)).toEqual({ ...none, frames: [long.slice(1)] });
    expect(decode(`\x0b${long.repeat(300)}\x1c\r\x0bMSH|2\x1c`)).toEqual({ frames: ['MSH|2'], oversize: [300 * (LIMIT + 1)], garbage: 0 });
  });
});

describe('a frame', () => {
  it('that is too long is told by its beginning', () => {
    const decoder = new FrameDecoder(LIMIT);
    const heads: string[] = [];
    for (const piece of ['\x0bMSH|abc', 'd'.repeat(50), 'e'.repeat(50_000), 'f'.repeat(50_000), '\x1c', '\r']) {
      decoder.push(Buffer.from(piece));
      for (let event = decoder.next(); event !== undefined; event = decoder.next()) if (event.kind === 'oversize') heads.push(event.head.toString());
    }
    expect(heads).toHaveLength(1);
    expect(heads[0]).toMatch(/^MSH\|abcd{50}e+$/);
    expect(heads[0]?.length).toBeLessThanOrEqual(4096);
  });

  it('is not ended by an 0x1C alone before nothing more has come', () => {
    const decoder = new FrameDecoder(LIMIT);
    decoder.push(Buffer.from('\x0bMSH|1\x1c'));
    expect([decoder.next(), decoder.isEnding, decoder.heldBytes]).toEqual([undefined, true, 6]);
    decoder.push(Buffer.from('\r'));
    expect(decoder.next()).toEqual({ kind: 'frame', bytes: Buffer.from('MSH|1') });
    expect([decoder.next(), decoder.isEnding, decoder.heldBytes, decoder.settle()]).toEqual([undefined, false, 0, undefined]);
  });
});

const stream = fc.array(fc.oneof(
  fc.constantFrom('\x0b', '\x1c', '\r', '\x1c\r', 'MSH', 'MSH|1', 'PID', ' ', 'M', 'S', 'H', 'BHS'),
  fc.string({ maxLength: 5 }),
  fc.nat({ max: 150 }).map((length) => 'x'.repeat(length)),
), { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('properties', () => {
  it('finds the same frames in whatever pieces the bytes come', () => {
    fc.assert(fc.property(stream, fc.array(fc.nat({ max: 40 })), (bytes, cuts) => {
      const pieces: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) {
        pieces.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      pieces.push(bytes.subarray(at));
      expect(read(pieces)).toEqual(read([bytes]));
      expect(read(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(read([bytes]));
    }), { numRuns: 2_000 });
  });

  it('finds every frame that was sent', () => {
    const message = fc.string({ unit: fc.constantFrom('a', '|', '\r', '\n', 'é'), maxLength: 60 }).map((text) => `MSH|${text}`);
    fc.assert(fc.property(fc.array(message, { maxLength: 10 }), fc.constantFrom('', '\r', '\r\n'), (messages, between) => {
      expect(whole(messages.map((text) => `\x0b${text}\x1c\r${between}`).join(''))).toEqual({ ...none, frames: messages });
    }));
  });
});
