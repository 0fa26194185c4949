import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageToken, readPageToken } from '../../../src/store/mongo/page-token.ts';
import type { PageKey } from '../../../src/store/mongo/page-token.ts';

const keys = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)), fc.constant(null)));

it('gives back the keys it was made of, to the same question only', () => {
  fc.assert(fc.property(keys, fc.string(), fc.string(), (given, question, other) => {
    const token = pageToken(question, given);
    expect(readPageToken(question, token)).toEqual(given);
    if (other !== question) expect(() => readPageToken(other, token)).toThrow('page link');
  }));
});

it('refuses whatever it did not make', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String().map((text) => `${text}.0123456789abcdef`)), (token) => {
    expect(() => readPageToken('search', token)).toThrow('page link');
  }));
});

it('refuses an operator of the query language even under a right check sum', () => {
  const forged = pageToken('search', [{ $gt: 0 }] as unknown as PageKey[]);
  expect(() => readPageToken('search', forged)).toThrow('page link');
});
