import { describe, expect, it } from 'vitest';
import { columnKey } from '../../../src/normalize/table/choose-mapping.ts';
import { listedIn, mapping, numberOf, onlyResult, readBytes, readRows, resources, ROW, told } from './samples.ts';

describe('a table of results', () => {
  it('gives one patient, a report and its results, whatever the number of rows', () => {
    const message = readRows([{ code: 'GLU' }, { code: 'K', result: '4.1' }, { report: 'R2', code: 'GLU' }]);
    expect(message.faults).toEqual([]);
    expect(resources(message, 'Patient').map(numberOf)).toEqual(['P1']);
    expect(resources(message, 'Observation').map(numberOf)).toEqual(['R1:GLU', 'R1:K', 'R2:GLU']);
    expect(resources(message, 'DiagnosticReport').map((report) => listedIn(report, message))).toEqual([['R1:GLU', 'R1:K'], ['R2:GLU']]);
  });

  it('tells where each record stands, in the words of its sender', () => {
    const message = readRows([{}, { code: 'K' }]);
    const origins = message.entries.map(({ resource, origin }) => [resource.resourceType, origin?.at, origin?.elements['value'] ?? origin?.elements['name']]);
    expect(origins).toEqual([
      ['Patient', 'row 2', 'row 2, column name'], ['Observation', 'row 2', 'row 2, column result'], ['Observation', 'row 3', 'row 3, column result'], ['DiagnosticReport', 'row 2', undefined],
    ]);
  });

  it('mentions its patients without authority, so that a richer record stays', () => {
    const message = readRows([{}]);
    expect(message.entries.find(({ resource }) => resource.resourceType === 'Patient')?.contribution).toEqual({ authority: 0, cleared: [] });
    expect(message.entries.find(({ resource }) => resource.resourceType === 'Observation')?.contribution).toBeUndefined();
  });

  it('adds to a report that comes in several deliveries', () => {
    const report = readRows([{}]).entries.find(({ resource }) => resource.resourceType === 'DiagnosticReport');
    expect(report?.contribution?.joined).toContain('result');
  });

  it('refers to a patient whose name it does not give as one that was sent before', () => {
    const message = readRows([{ name: '', patient: 'P|1 &' }]);
    expect(resources(message, 'Patient')).toEqual([]);
    expect(onlyResult(message)['subject']).toEqual({ reference: 'Patient?identifier=https%3A%2F%2Fbund.example%2Fsources%2Fcommunity-e%2Fpatient-number%7CP%7C1%20%26' });
  });

  it('puts together what several rows say of a patient', () => {
    const facts = { phone: 'phone', sex: 'sex' };
    const message = readRows([{ phone: '', sex: '女', name: '' }, { code: 'K', phone: '138', sex: '', name: '王芳' }], { tables: [mapping({ facts })] });
    expect(resources(message, 'Patient')).toMatchObject([{ name: [{ text: '王芳' }], gender: 'female', telecom: [{ value: '138' }] }]);
  });

  it('knows results without a report by patient, time and test', () => {
    const tables = [mapping({ facts: { reportNumber: undefined } })];
    const message = readRows([{ patient: 'P1' }, { patient: 'P2' }, { patient: 'P1', collected: '2025/5/7 8:05' }], { tables });
    expect(message.faults).toEqual([]);
    expect(resources(message, 'DiagnosticReport')).toEqual([]);
    expect(resources(message, 'Observation').map(numberOf)).toEqual(['P1:2025-05-06T08:05:00+08:00:GLU', 'P2:2025-05-06T08:05:00+08:00:GLU', 'P1:2025-05-07T08:05:00+08:00:GLU']);
  });

  it('never gives two results one number, whatever characters their numbers have', () => {
    const message = readRows([{ report: 'A:B', code: 'C' }, { report: 'A', code: 'B:C' }, { report: 'A', code: 'B%3AC' }]);
    expect(new Set(resources(message, 'Observation').map(numberOf)).size).toBe(3);
  });
});

describe('a row that cannot be taken in', () => {
  it('is told with its number and column, and takes no other row with it', () => {
    const message = readRows([{}, { code: 'K', result: '' }, { code: 'NA', result: '140' }]);
    expect(told(message)).toEqual(['row 3, column result: The cell is empty: if that is meant, the mapping must say in absent why there is none']);
    expect(listedIn(resources(message, 'DiagnosticReport')[0]!, message)).toEqual(['R1:GLU', 'R1:NA']);
    expect(message.entries.map(({ index }) => index)).not.toContain(message.faults[0]?.entry);
    expect(message.entryCount).toBe(5);
  });

  it.each([
    ['an impossible date', { collected: '2025/2/30 8:05' }, 'row 2, column collected: The cell is no real date in one of the forms'],
    ['a date in another form', { collected: '06.05.2025' }, 'row 2, column collected: The cell is no real date'],
    ['no patient', { patient: ' ' }, 'row 2, column patient: The cell is empty, and a row without the number of its patient cannot be taken in'],
    ['no report', { report: '' }, 'row 2, column report: The cell is empty, and a row without the number of its report'],
    ['no test', { code: '' }, 'row 2, column code: The cell is empty'],
    ['no time', { collected: '' }, 'row 2, column collected: The cell is empty'],
    ['NaN', { result: 'NaN' }, 'row 2, column result: The cell says NaN, which is no result'],
    ['an error of a spreadsheet', { result: '#N/A' }, 'row 2, column result: The cell holds the spreadsheet error #N/A'],
    ['an error of a spreadsheet in place of a name', { name: '#REF!' }, 'row 2, column name: The cell holds the spreadsheet error #REF!'],
    ['a status that nobody knows', { status: '打印' }, 'row 2, column status: The mapping does not say what this value of status means; it knows registered, preliminary, final'],
    ['a number that a spreadsheet shortened', { patient: '3.10101E+17' }, 'row 2, column patient: A spreadsheet has shortened this number'],
    ['a code with a line end', { code: 'G\nLU' }, 'row 2, column code: A code has no double spaces, tabs or line ends in it'],
    ['a control character', { name: '王\u0007芳' }, 'row 2, column name: The cell holds a control character'],
  ])('is one with %s', (_what, row, sentence) => {
    const message = readRows([row, { code: 'K' }]);
    expect(told(message)).toHaveLength(1);
    expect(told(message)[0]).toMatch(new RegExp(`^${sentence.replace(/[()#/?]/g, '\\$&')}`));
    expect(resources(message, 'Observation').map(numberOf)).toEqual(['R1:K']);
  });

  it.each([
    ['has a letter too many', '31010119500101002A2', 'A resident ID has 18 characters'],
    ['has a birthday that never was', '310101195002300022', 'no real date of birth'],
    ['has a wrong check digit', '310101195001010021', 'check digit'],
  ])('is one whose resident ID %s, since persons are joined by it', (_what, number, sentence) => {
    const message = readRows([{ id: number }], { tables: [mapping({ facts: { residentId: 'id' } })] });
    expect(told(message)[0]).toContain(sentence);
    expect(told(message)[0]).toMatch(/^row 2, column id: /);
    expect(told(message)[0]).not.toContain(number);
  });

  it('tells all its faults at once', () => {
    expect(told(readRows([{ patient: '', collected: 'x', result: '' }])).map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'row 2, column patient', 'row 2, column collected', 'row 2, column result',
    ]);
  });

  it('keeps the number that its row has in the whole table', () => {
    const message = readRows([{}, { code: 'K', result: '' }], { delivery: { firstRow: 5002 } });
    expect(told(message)[0]).toMatch(/^row 5003, column result/);
    expect(message.entries[1]?.origin?.at).toBe('row 5002');
  });
});

describe('rows that say something of one record', () => {
  it('may repeat a result word for word', () => {
    const message = readRows([{}, {}, {}]);
    expect(message.faults).toEqual([]);
    expect(resources(message, 'Observation')).toHaveLength(1);
  });

  it('must not give one result twice with different values', () => {
    const message = readRows([{}, { result: '9.9' }]);
    expect(told(message)).toEqual(['row 3, column result: The row gives another result of the same test in the same report than row 2: a delivery holds each once']);
    expect(onlyResult(message)['valueQuantity']).toMatchObject({ value: 5.2 });
  });

  it('must not give one report to two patients', () => {
    const message = readRows([{}, { patient: 'P2', code: 'K' }]);
    expect(told(message)).toEqual(['row 3, column report: The row gives this report to another patient than row 2']);
    expect(resources(message, 'Patient').map(numberOf)).toEqual(['P1']);
  });

  it('must not give one patient two names', () => {
    expect(told(readRows([{}, { name: '李芳', code: 'K' }]))).toEqual(['row 3, column name: The row says something else of the same patient than row 2']);
  });

  it('give a report the earliest time of its specimens and the latest of its results', () => {
    const tables = [mapping({ facts: { reported: 'reported' } })];
    const message = readRows([
      { collected: '2025/5/6 8:05', reported: '2025/5/6 10:00' }, { code: 'K', collected: '2025/5/6 7:55', reported: '2025/5/6 11:30' },
    ], { tables });
    expect(resources(message, 'DiagnosticReport')).toMatchObject([{ effectiveDateTime: '2025-05-06T07:55:00+08:00', issued: '2025-05-06T11:30:00+08:00' }]);
  });

  it.each([
    [['', ''], 'final'], [['final', 'preliminary'], 'partial'], [['corrected', 'final'], 'corrected'], [['cancelled', 'final'], 'final'], [['cancelled', 'cancelled'], 'cancelled'],
  ])('of statuses %j make a report that is %s', ([first, second], status) => {
    const message = readRows([{ status: first! }, { code: 'K', status: second! }]);
    expect(resources(message, 'DiagnosticReport')).toMatchObject([{ status }]);
  });
});

describe('a visit, an order and a specimen', () => {
  const facts = { visitNumber: 'visit', orderNumber: 'order', specimenNumber: 'specimen' };

  it('are referred to by their numbers where the table says no more of them', () => {
    const message = readRows([{ visit: 'V1', order: 'O1', specimen: 'S1' }], { tables: [mapping({ facts })] });
    expect(message.entries.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'Observation', 'DiagnosticReport']);
    expect(onlyResult(message)).toMatchObject({
      encounter: { type: 'Encounter', identifier: { system: 'https://bund.example/sources/community-e/encounter', value: 'V1' } },
      basedOn: [{ type: 'ServiceRequest', identifier: { system: 'https://bund.example/sources/community-e/order', value: 'O1' } }],
      specimen: { type: 'Specimen', identifier: { system: 'https://bund.example/sources/community-e/specimen', value: 'S1' } },
    });
  });

  it('are records of their own where it says enough', () => {
    const more = { visitStart: 'visited', ordered: 'ordered', reportName: 'panel', doctor: 'doctor', specimenType: 'material', received: 'received' };
    const row = { visit: 'V1', order: 'O1', specimen: 'S1', visited: '2025/5/6 7:50', ordered: '2025/5/6 7:58', panel: '血糖', doctor: '陈医生', material: '血清', received: '2025/5/6 8:30' };
    const message = readRows([row, { ...row, code: 'K' }], { tables: [mapping({ facts: { ...facts, ...more } })] });
    expect(message.faults).toEqual([]);
    expect(message.entries.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'Encounter', 'ServiceRequest', 'Specimen', 'Observation', 'Observation', 'DiagnosticReport']);
    expect(resources(message, 'ServiceRequest')).toMatchObject([{ authoredOn: '2025-05-06T07:58:00+08:00', code: { text: '血糖' }, requester: { display: '陈医生' } }]);
    expect(resources(message, 'Specimen')).toMatchObject([{ type: { text: '血清' }, receivedTime: '2025-05-06T08:30:00+08:00', collection: { collectedDateTime: '2025-05-06T08:05:00+08:00' } }]);
    expect(resources(message, 'DiagnosticReport')[0]).toMatchObject({ specimen: [{ reference: 'urn:bund:specimen:1' }], basedOn: [{ reference: 'urn:bund:order:1' }], encounter: { reference: 'urn:bund:visit:1' } });
  });
});

describe('the columns of a table', () => {
  it('are found whatever the width of their letters and the space around them', () => {
    expect(columnKey(' 结果（ＧＬＵ） ')).toBe('结果(GLU)');
  });

  it('refuse the delivery when one is missing that the mapping needs, naming it', () => {
    const message = readBytes(Buffer.from('patient,name,report,code,collected,unit,status\r\nP1,王芳,R1,GLU,2025/5/6 8:05,mmol/L,\r\n'));
    expect(message.entries).toEqual([]);
    expect(message.faults).toEqual([{ entry: undefined, issue: expect.objectContaining({ code: 'required', location: 'row 1, column result' }) }]);
  });

  it.each(['unit', 'status'])('refuse the delivery when it would be read as saying something else without its %s', (name) => {
    const message = readBytes(Buffer.from(csvWithout().replace(name, 'renamed')));
    expect(message.entries).toEqual([]);
    expect(told(message)).toEqual([`row 1, column ${name}: The table has no column ${name}, which the mapping small needs`]);
  });

  it('refuse the delivery when one is there twice', () => {
    const message = readBytes(Buffer.from(csvWithout().replace('range', 'result')));
    expect(told(message)).toEqual(['row 1, column result: The table has the column result twice, so that nobody can tell which of them counts']);
  });

  it('may be more than the mapping speaks of', () => {
    const message = readRows([{ printed: 'x' }]);
    expect(message.faults).toEqual([]);
  });

  it('refuse the delivery when nothing stands below them', () => {
    expect(told(readBytes(Buffer.from(`${Object.keys(ROW).join(',')}\r\n\r\n`)))).toEqual(['row 1: The table holds no row below its header']);
  });
});

function csvWithout(): string {
  return `${Object.keys(ROW).join(',')}\r\n${Object.values(ROW).join(',')}\r\n`;
}
