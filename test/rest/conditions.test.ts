import { describe, expect, it } from 'vitest';
import { expectedVersionOf, isUnchanged } from '../../src/rest/conditions.ts';
import { parsePrefer } from '../../src/rest/prefer.ts';

const stored = { type: 'Patient', id: 'p', version: 3, lastUpdated: '2026-03-01T08:00:00.900Z', deleted: false, body: '{}', outcome: 'read' } as const;

describe('the conditions of a request', () => {
  it.each([['W/"3"', 3], ['"3"', 3], [' W/"12" ', 12]])('take If-Match %s as version %i', (ifMatch, version) => {
    expect(expectedVersionOf({ ifMatch })).toBe(version);
  });

  it.each([['3'], ['W/3'], ['W/"0"'], ['W/"-1"'], ['W/"1", W/"2"'], ['*'], ['W/"99999999999999999"']])('refuse If-Match %s', (ifMatch) => {
    expect(() => expectedVersionOf({ ifMatch })).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it('take If-None-Match: * of a write as none must exist', () => {
    expect(expectedVersionOf({ ifNoneMatch: '*' })).toBe(0);
    expect(() => expectedVersionOf({ ifNoneMatch: 'W/"1"' })).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it('find a version unchanged by its tag, else by the second of its time', () => {
    expect(isUnchanged({ ifNoneMatch: 'W/"2", W/"3"' }, stored)).toBe(true);
    expect(isUnchanged({ ifNoneMatch: 'W/"2"', ifModifiedSince: 'Mon, 01 Jan 2035 00:00:00 GMT' }, stored)).toBe(false);
    expect(isUnchanged({ ifModifiedSince: 'Sun, 01 Mar 2026 08:00:00 GMT' }, stored)).toBe(true);
    expect(isUnchanged({ ifModifiedSince: 'Sun, 01 Mar 2026 07:59:59 GMT' }, stored)).toBe(false);
    expect(isUnchanged({ ifModifiedSince: 'yesterday' }, stored)).toBe(false);
    expect(isUnchanged({}, stored)).toBe(false);
  });
});

describe('the header Prefer', () => {
  it.each([
    [undefined, 'representation', 'strict'],
    ['return=minimal', 'minimal', 'strict'],
    ['handling=lenient; return=OperationOutcome', 'OperationOutcome', 'lenient'],
    ['respond-async, return="minimal"', 'minimal', 'strict'],
    ['return=everything', 'representation', 'strict'],
  ])('%s means return %s, handling %s', (header, returns, handling) => {
    expect(parsePrefer(header)).toEqual({ returns, handling });
  });
});
