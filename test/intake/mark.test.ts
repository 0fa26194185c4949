import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsNote, isToldLater } from '../../src/intake/facts.ts';
import { markOf } from '../../src/intake/mark.ts';

const speaker = fc.record({ at: fc.integer({ min: 0, max: 253_402_300_799_999 }), tie: fc.constantFrom('', 'M1 0123456789abcdef', 'M10 0123456789abcdef'), id: fc.constantFrom('a', 'b') });

describe('the mark of a message', () => {
  it('is greater for a later message, and another for each message', () => {
    fc.assert(fc.property(speaker, speaker, (one, other) => {
      if (one.at !== other.at) expect(markOf(one) < markOf(other)).toBe(one.at < other.at);
      expect(markOf(one) === markOf(other)).toBe(one.at === other.at && one.tie === other.tie && one.id === other.id);
    }));
  });
});

describe('a note of facts', () => {
  it('tells whether a later message has told an element, by instant and then by tie', () => {
    const note = factsNote(new Map([['status', { authority: 0, at: 5, tie: 'b' }], ['class', { authority: 1, at: 3, tie: 'z' }]]));
    expect([{ at: 4, tie: 'z' }, { at: 5, tie: 'a' }, { at: 5, tie: 'b' }, { at: 5, tie: 'c' }, { at: 6, tie: '' }].map((order) => isToldLater(note, order))).toEqual([true, true, false, false, false]);
  });
});
