import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { plain, shortened } from '../../../src/recognition/cds-hooks/card-text.ts';

describe('the text of a card', () => {
  it('shows what a source wrote as it is, never as Markdown or HTML', () => {
    assert.equal(plain('<script>alert(1)</script>'), '&lt;script&gt;alert(1)&lt;/script&gt;');
    assert.equal(plain('10*9/L | [x](http://a) \n# y'), String.raw`10\*9/L \| \[x\](http://a) \# y`);
    fc.assert(fc.property(fc.string(), (text) => {
      assert.ok(!/[<>\n]|(?<!\\)(?:\\\\)*[|[`*]/.test(plain(text)), plain(text));
    }));
  });

  it('keeps a summary below 140 characters, and never cuts one in two', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const short = shortened(text);
      assert.ok(short.length < 140 && (!text.isWellFormed() || short.isWellFormed()));
    }));
  });
});
