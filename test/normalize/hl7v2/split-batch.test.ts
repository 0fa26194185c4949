import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { splitBatch } from '../../../src/normalize/hl7v2/split-batch.ts';

const one = (id: number): string => `MSH|^~\\&|LIS||||20260301||ORU^R01|${id}|P|2.5\rPID|1||${id}\rOBX|1|NM|GLU||6.0`;
const split = (text: string, most?: number): string[] => splitBatch(Buffer.from(text), most).map(String);

function refusal(text: string, most?: number): string {
  try {
    return `${split(text, most).length} messages`;
  } catch (error) {
    if (error instanceof UnreadableMessage) return `${error.reason}: ${error.message}`;
    throw error;
  }
}

describe('a body of messages', () => {
  it('may be one, or several after one another, with any ends between them', () => {
    expect(split(one(1))).toEqual([one(1)]);
    for (const end of ['\r', '\n', '\r\n', '\r\r\n', '\x1c\r\x0b', '\r\x1c\r\n\x0b']) expect(split(one(1) + end + one(2) + end)).toEqual([one(1), one(2)]);
    expect(split(`\x0b${one(1)}\r\x1c\r`)).toEqual([one(1)]);
  });

  it('may be a batch file, with and without its envelopes and counts', () => {
    const messages = [one(1), one(2)].join('\r');
    for (const text of [
      `FHS|^~\\&|LIS\rBHS|^~\\&|LIS\r${messages}\rBTS|2\rFTS|1\r`, `BHS|^~\\&|LIS\r${messages}\rBTS|2|all`, `FHS|^~\\&\r${messages}\rFTS|1`, `FHS|^~\\&\rBHS|^~\\&\r${messages}\rBTS\rFTS`,
      `FHS|^~\\&\rBHS|^~\\&\r${one(1)}\rBTS|1\rBHS|^~\\&\r${one(2)}\rBTS|1\rFTS|2`, `BHS|^~\\&\r${messages}`,
    ]) expect(split(text)).toEqual([one(1), one(2)]);
    expect(split('BHS|^~\\&\rBTS|0')).toEqual([]);
  });

  it('is refused when it has not as many messages or batches as it says', () => {
    expect(refusal(`BHS|^~\\&\r${one(1)}\rBTS|2`)).toMatch(/^syntax: BTS-1 .*1 messages/);
    expect(refusal(`BHS|^~\\&\r${one(1)}\rBTS|many`)).toMatch(/^syntax: BTS-1/);
    expect(refusal(`FHS|^~\\&\rBHS|^~\\&\r${one(1)}\rBTS|1\rFTS|2`)).toMatch(/^syntax: FTS-1 .*1 batches/);
    expect(refusal(`FHS#^~\\&\rBHS#^~\\&\r${one(1)}\rBTS#1\rFTS#2`)).toMatch(/^syntax: FTS-1/);
  });

  it('is refused when something in it belongs to no message, or when it is none', () => {
    expect(refusal(`BHS|^~\\&\rPID|1\r${one(1)}\rBTS|1`)).toMatch(/^syntax: .*BHS/);
    expect(refusal('')).toMatch(/^syntax/);
    expect(refusal('PID|1\r' + one(1))).toMatch(/^syntax/);
    expect(refusal('{}')).toMatch(/^syntax/);
  });

  it('holds no more messages than the limit', () => {
    expect(refusal([one(1), one(2)].join('\r'), 2)).toBe('2 messages');
    expect(refusal([one(1), one(2), one(3)].join('\r'), 2)).toMatch(/^limit: .*2 messages/);
  });

  it('is divided as bytes, each message in its own character set, and each under the byte order mark of the whole', () => {
    const bytes = Buffer.concat([iconv.encode('MSH|^~\\&|一\r', 'gbk'), iconv.encode('MSH|^~\\&|二\r', 'utf8')]);
    expect(splitBatch(bytes).map((message, index) => iconv.decode(message, index === 0 ? 'gbk' : 'utf8'))).toEqual(['MSH|^~\\&|一', 'MSH|^~\\&|二']);
    expect(split('\ufeffMSH|^~\\&|一\rMSH|^~\\&|二')).toEqual(['\ufeffMSH|^~\\&|一', '\ufeffMSH|^~\\&|二']);
    expect(split('\ufeffBHS|^~\\&\rMSH|^~\\&|一')).toEqual(['\ufeffMSH|^~\\&|一']);
  });

  it('is split in time that grows with its length', () => {
    const blanks = ' \r'.repeat(500_000);
    expect(split(`${one(1)}${blanks}NTE|1${blanks}`)[0]).toHaveLength(one(1).length + blanks.length + 5);
  });

  it('never fails on any bytes but with an unreadable message, and gives every message that went in', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('MSH|', 'BHS|^~\\&', 'BTS|', 'FHS|', 'FTS|1', '\r', '\n', '1', ' ', '\x0b', '\x1c'), maxLength: 20 }), (text) => {
      expect(typeof refusal(text)).toBe('string');
    }), { numRuns: 1_000 });
    fc.assert(fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), fc.constantFrom('\r', '\n', '\r\n'), (ids, end) => {
      expect(split(ids.map((id) => one(id).replaceAll('\r', end)).join(end))).toEqual(ids.map((id) => one(id).replaceAll('\r', end)));
    }));
  });
});
