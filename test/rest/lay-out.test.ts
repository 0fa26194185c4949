import fc from 'fast-check';
import { expect, it } from 'vitest';
import { laidOutJson } from '../../src/rest/lay-out.ts';

it('lays out any JSON as JSON.stringify would', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(laidOutJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  }));
});

it('keeps numerals as they are written', () => {
  expect(laidOutJson('{"a":[1.50,1e-7],"b":{}}')).toBe('{\n  "a": [\n    1.50,\n    1e-7\n  ],\n  "b": {}\n}');
});
