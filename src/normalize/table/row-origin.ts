import type { Origin } from '../message.ts';
import type { FactName } from './facts.ts';
import type { Plan } from './plan-columns.ts';
import { columnOf } from './plan-columns.ts';

/** Element of a resource -> name of the column that tells it. */
export type ElementColumns = Readonly<Record<string, string>>;

/** The words for a place in a table; `column` is '' for the whole row. */
export function placeIn(row: number, column: string): string {
  return column === '' ? `row ${row}` : `row ${row}, column ${column}`;
}

/** Where a record stands in a table. The words for it are made when a fault needs them, which is rare. */
export class RowOrigin implements Origin {
  readonly #row: number;
  readonly #columns: ElementColumns;

  constructor(row: number, columns: ElementColumns) {
    this.#row = row;
    this.#columns = columns;
  }

  get at(): string {
    return placeIn(this.#row, '');
  }

  get elements(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#columns).map(([element, column]) => [element, placeIn(this.#row, column)]));
  }
}

const FACTS_OF: Readonly<Record<'patient' | 'visit' | 'order' | 'specimen' | 'report' | 'result', Readonly<Record<string, FactName>>>> = {
  patient: { identifier: 'patientNumber', name: 'name', gender: 'sex', birthDate: 'birthDate', telecom: 'phone' },
  visit: { identifier: 'visitNumber', class: 'visitClass', period: 'visitStart', subject: 'patientNumber' },
  order: { identifier: 'orderNumber', code: 'reportName', authoredOn: 'ordered', requester: 'doctor', subject: 'patientNumber' },
  specimen: { identifier: 'specimenNumber', type: 'specimenType', receivedTime: 'received', collection: 'collected', subject: 'patientNumber' },
  report: { identifier: 'reportNumber', code: 'reportName', effective: 'collected', issued: 'reported', conclusion: 'conclusion', status: 'status', performer: 'department', subject: 'patientNumber' },
  result: {
    identifier: 'reportNumber', status: 'status', code: 'itemCode', effective: 'collected', issued: 'reported', performer: 'performer', value: 'result',
    dataAbsentReason: 'result', interpretation: 'flag', note: 'comment', method: 'method', specimen: 'specimenNumber', referenceRange: 'range',
    encounter: 'visitNumber', basedOn: 'orderNumber', subject: 'patientNumber',
  },
};

export function elementColumns(kind: keyof typeof FACTS_OF, plan: Plan): ElementColumns {
  const named = Object.entries(FACTS_OF[kind]).map(([element, fact]) => [element, columnOf(plan, fact)] as const);
  return Object.fromEntries(named.filter(([, column]) => column !== ''));
}
