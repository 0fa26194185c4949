import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledge, type V2Answer } from '../../../src/normalize/hl7v2/acknowledge.ts';
import { acknowledgementMode, isAcknowledgementDue } from '../../../src/normalize/hl7v2/acknowledgement-mode.ts';
import { errorCodeOf } from '../../../src/normalize/hl7v2/error-codes.ts';
import { readHeader } from '../../../src/normalize/hl7v2/header.ts';
import { parseV2 } from '../../../src/normalize/hl7v2/parse.ts';

const context = { controlId: 'ACK-1', now: new Date('2026-03-01T00:05:07Z'), offset: '+08:00' };
const header = (version: string, rest = ''): string => `MSH|^~\\&|LIS^1.2&x|HOSP|HIE|DISTRICT|20260301||ORU^R01^ORU_R01|MSG-1|P^T|${version}|||||CHN|${rest}`;

function answerTo(head: string, answer: V2Answer): string[] {
  return acknowledge(parseV2(head).header, answer, context).split('\r');
}

const FAULTS: V2Answer = {
  code: 'AE', text: 'The message was refused',
  errors: [
    { location: 'OBX[3]-5', issueCode: 'code-invalid', severity: 'E', text: 'Local code GLU|2 of hospital-a has no LOINC mapping' },
    { issueCode: 'business-rule', severity: 'W', text: 'No patient' },
    { location: 'PID[1]-3.4', issueCode: 'required', severity: 'E', text: 'PID-3.4 is empty' },
  ],
};

describe('an acknowledgement', () => {
  it('goes back to its sender, and says which message it answers', () => {
    expect(answerTo(header('2.5.1', 'UNICODE UTF-8~GB18030'), { code: 'AA' })).toEqual([
      'MSH|^~\\&|HIE|DISTRICT|LIS^1.2&x|HOSP|20260301080507+0800||ACK^R01^ACK|ACK-1|P^T|2.5.1||||||UNICODE UTF-8', 'MSA|AA|MSG-1', '',
    ]);
    expect(answerTo(header('2.5.1'), { code: 'CA', text: 'Kept' })).toEqual([
      'MSH|^~\\&|HIE|DISTRICT|LIS^1.2&x|HOSP|20260301080507+0800||ACK^R01^ACK|ACK-1|P^T|2.5.1', 'MSA|CA|MSG-1|Kept', '',
    ]);
  });

  it('tells each fault in a segment of its own since 2.5', () => {
    expect(answerTo(header('2.5'), FAULTS).slice(1)).toEqual([
      'MSA|AE|MSG-1|The message was refused',
      'ERR||OBX^3^5|103^Table value not found^HL70357|E|code-invalid^^http://hl7.org/fhir/issue-type||OBX[3]-5|Local code GLU\\F\\2 of hospital-a has no LOINC mapping',
      'ERR|||207^Application internal error^HL70357|W|business-rule^^http://hl7.org/fhir/issue-type|||No patient',
      'ERR||PID^1^3^^4|101^Required field missing^HL70357|E|required^^http://hl7.org/fhir/issue-type||PID[1]-3.4|PID-3.4 is empty',
      '',
    ]);
  });

  it('tells faults in one segment, and their sentences in MSA-3, until 2.4', () => {
    for (const version of ['2.4', '2.3.1']) {
      expect(answerTo(header(version), FAULTS).slice(1)).toEqual([
        'MSA|AE|MSG-1|The message was refused; OBX[3]-5: Local code GLU\\F\\2 of hospital-a has no LOINC mapping; No patient; PID[1]-3.4: PID-3.4 is empty',
        'ERR|OBX^3^5^103&Table value not found&HL70357~^^^207&Application internal error&HL70357~PID^1^3^101&Required field missing&HL70357',
        '',
      ]);
    }
  });

  it('names its type as the version of the message does', () => {
    const types = ['2.2', '2.3', '2.3.1', '2.4', '2.5.1', '2.8', '', '3x'].map((version) => answerTo(header(version), { code: 'AA' })[0]!.split('|')[8]);
    expect(types).toEqual(['ACK', 'ACK^R01', 'ACK^R01^ACK', 'ACK^R01^ACK', 'ACK^R01^ACK', 'ACK^R01^ACK', 'ACK^R01^ACK', 'ACK^R01^ACK']);
    expect(answerTo('MSH|^~\\&|LIS', { code: 'AA' })[0]).toBe('MSH|^~\\&|||LIS||20260301080507+0800||ACK|ACK-1|P|2.5.1');
  });

  it('has no message to name where none could be read', () => {
    expect(acknowledge(undefined, { code: 'AR', errors: [{ issueCode: 'structure', severity: 'E', text: 'a^b\nc' }] }, { ...context, offset: '-01:30' })).toBe(
      'MSH|^~\\&|||||20260228223507-0130||ACK|ACK-1|P|2.5.1\rMSA|AR|\rERR|||100^Segment sequence error^HL70357|E|structure^^http://hl7.org/fhir/issue-type|||a\\S\\b\\.br\\c\r',
    );
  });

  it('gives the bytes of an unreadable header back as they were', () => {
    const bytes = Buffer.from('MSH|^~\\&|医院||||||ADT^A01|7|P|2.4||||||KLINGON\r');
    const text = acknowledge(readHeader(bytes), { code: 'AR' }, context);
    expect(Buffer.from(text, 'latin1').toString()).toContain('|医院||20260301080507+0800||ACK^A01^ACK|ACK-1|P|2.4||||||KLINGON\rMSA|AR|7\r');
  });

  it('is read like any message, whatever it says and whatever divides it', () => {
    const separators = fc.constantFrom('|^~\\&', '|^~\\&#', '#*!@/', '|^~', '|^', '%$#@!');
    fc.assert(fc.property(separators, fc.string({ unit: 'grapheme' }), fc.constantFrom('2.3', '2.5', '2.7'), fc.string({ maxLength: 8 }), (all, text, version, location) => {
      const [field = '', ...others] = all;
      const [component = ''] = others;
      const message = parseV2(['MSH', others.join(''), 'A', 'B', 'C', 'D', '2026', '', `ORU${component}R01`, '7', 'P', version].join(field));
      const read = parseV2(acknowledge(message.header, { code: 'AE', text, errors: [{ location, issueCode: 'value', severity: 'E', text }] }, context));
      expect([read.type, read.event, read.version, read.segments.length, read.segments[1]!.text(2)]).toEqual(['ACK', 'R01', version, 3, '7']);
      if (others.length >= 4 && version !== '2.3' && text.trim() === text && text !== '""') expect([read.segments[1]!.text(3), read.segments[2]!.text(8)]).toEqual([text, text]);
    }));
  });
});

describe('the codes of faults', () => {
  it('tell what is not supported by where it stands', () => {
    expect(['MSH-9', 'MSH-9.2', 'MSH-11', 'MSH-12', 'OBX-2', ''].map((place) => errorCodeOf('not-supported', place).code)).toEqual(['200', '201', '202', '203', '207', '207']);
    expect(['structure', 'required', 'value', 'invalid', 'code-invalid', 'not-found', 'duplicate', 'conflict', 'transient', 'anything'].map((code) => errorCodeOf(code, '').code)).toEqual(['100', '101', '102', '102', '103', '204', '205', '206', '207', '207']);
    expect(answerTo(header('2.5'), { code: 'AR', errors: [{ location: 'MSH[1]-9', issueCode: 'not-supported', severity: 'E', text: 'x' }] })[2]).toContain('|MSH^1^9|200^Unsupported message type^HL70357|');
  });
});

describe('the acknowledgements that a sender asks for', () => {
  const modeOf = (commit: string, application: string): unknown => acknowledgementMode(parseV2(`MSH|^~\\&|||||||||||||${commit}|${application}`).header);

  it('are one of the application in original mode, and what MSH-15 and MSH-16 say in enhanced mode', () => {
    expect(modeOf('', '')).toEqual({ commit: 'NE', application: 'AL' });
    expect(acknowledgementMode(undefined)).toEqual({ commit: 'NE', application: 'AL' });
    expect(modeOf('AL', 'NE')).toEqual({ commit: 'AL', application: 'NE' });
    expect(modeOf('ER', '')).toEqual({ commit: 'ER', application: 'NE' });
    expect(modeOf('', 'SU')).toEqual({ commit: 'NE', application: 'SU' });
    expect(modeOf('what', 'NE')).toEqual({ commit: 'AL', application: 'NE' });
  });

  it('are due by how it went', () => {
    expect((['AL', 'NE', 'ER', 'SU'] as const).map((condition) => [isAcknowledgementDue(condition, true), isAcknowledgementDue(condition, false)])).toEqual([[true, true], [false, false], [false, true], [true, false]]);
  });
});
