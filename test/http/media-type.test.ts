import { describe, expect, it } from 'vitest';
import { isFormBody, requireJsonAccepted, requireJsonBody } from '../../src/http/media-type.ts';

describe('what a client takes', () => {
  it.each([
    [undefined], [''], ['*/*'], ['application/fhir+json'], ['application/json;q=0.9, text/html'], ['text/html, application/*;q=0.1'],
    ['application/fhir+json; fhirVersion=4.0'], ['application/fhir+xml, application/fhir+json;q=0.5'], ['APPLICATION/JSON'],
  ])('is JSON with Accept %s', (accept) => {
    expect(() => requireJsonAccepted(accept === undefined ? {} : { accept }, undefined)).not.toThrow();
  });

  it.each([['text/html'], ['application/fhir+xml'], ['application/json;q=0'], ['application/fhir+json;fhirVersion=5.0'], ['text/*']])('is no JSON with Accept %s', (accept) => {
    expect(() => requireJsonAccepted({ accept }, undefined)).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
  });

  it('is what _format says, whatever the header says', () => {
    expect(() => requireJsonAccepted({ accept: 'text/html' }, 'json')).not.toThrow();
    expect(() => requireJsonAccepted({}, 'application/fhir json')).not.toThrow();
    expect(() => requireJsonAccepted({ accept: '*/*' }, 'xml')).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
  });
});

describe('what a client sends', () => {
  it.each([['application/fhir+json'], ['application/json; charset=utf-8'], ['Application/FHIR+JSON;charset="UTF-8"'], ['text/json'], ['application/fhir+json; fhirVersion=4.0'], ['application/fhir+json; fhirVersion=4.0.1']])('is JSON as %s', (type) => {
    expect(() => requireJsonBody({ 'content-type': type })).not.toThrow();
  });

  it.each([[undefined], ['text/plain'], ['application/fhir+xml'], ['application/json; charset=gb18030'], ['application/jsonp'], ['application/fhir+json; fhirVersion=3.0']])('is refused as %s', (type) => {
    expect(() => requireJsonBody(type === undefined ? {} : { 'content-type': type })).toThrow(expect.objectContaining({ kind: 'unsupported-media' }));
  });

  it('is a form only under its own type', () => {
    expect(isFormBody({ 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' })).toBe(true);
    expect(isFormBody({ 'content-type': 'application/json' })).toBe(false);
  });
});
