import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQueryText, writeQueryText } from '../../src/http/query-text.ts';

const wellFormed = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed());

describe('a query', () => {
  it('reads back as it was written, and as URLSearchParams reads it', () => {
    fc.assert(fc.property(fc.array(fc.tuple(wellFormed.filter((name) => name !== ''), wellFormed)), (pairs) => {
      const text = writeQueryText(pairs);
      expect(parseQueryText(text)).toEqual(pairs);
      expect([...new URLSearchParams(text)]).toEqual(pairs);
    }));
  });

  it('takes a plus sign as a space, and a name without a value', () => {
    expect(parseQueryText('name=Li+Si&&flag&empty=')).toEqual([['name', 'Li Si'], ['flag', ''], ['empty', '']]);
  });

  it('is either read or refused, whatever is sent', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('%', 'c', '3', 'f', '=', '&', '+', '?', 'é') }), (text) => {
      try {
        parseQueryText(text);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'malformed' });
      }
    }));
  });
});
