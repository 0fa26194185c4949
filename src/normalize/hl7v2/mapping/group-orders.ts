import type { V2Message } from '../parse.ts';
import type { Segment } from '../segment.ts';
import type { Noted } from './noted.ts';

/** SPM, with its containers and what was observed of the specimen itself. */
export interface SpecimenGroup {
  readonly spm: Noted;
  readonly containers: Segment[];
  readonly observations: Noted[];
}

/** One order of a message, or one report: the segments from its ORC or OBR to the next. */
export interface OrderGroup {
  orc: Noted | undefined;
  obr: Noted | undefined;
  txa: Noted | undefined;
  readonly timings: Segment[];
  readonly diagnoses: Segment[];
  readonly observations: Noted[];
  /** OBX that stand before the OBR hold a document about the order. */
  readonly documents: Noted[];
  readonly specimens: SpecimenGroup[];
  /** Segments that are no part of an order of a service: of a drug, a diet. */
  readonly foreign: Segment[];
}

/** What a message says of one patient. */
export interface PatientGroup {
  /** PID and what follows it up to the first order: visit, diagnoses, relatives, insurance. */
  readonly head: readonly Noted[];
  readonly orders: readonly OrderGroup[];
  /** Of messages that go by specimen, also those without order. */
  readonly specimens: readonly SpecimenGroup[];
}

const FOREIGN: ReadonlySet<string> = new Set(['RXO', 'RXE', 'RXR', 'RXC', 'RXD', 'RXG', 'RXA', 'ODS', 'ODT', 'RQD', 'RQ1', 'BPO', 'BPX']);
/** OML and OUL that name the specimen first, and then what is done with it. */
const SPECIMEN_FIRST: ReadonlySet<string> = new Set(['OML^O33', 'OML^O35', 'OUL^R22', 'OUL^R23']);

/** Divides a message at each PID: a message of results may hold those of several patients. What stands before the first PID belongs to all. */
export function splitPatients(segments: readonly Noted[]): readonly (readonly Noted[])[] {
  const starts = segments.flatMap(({ segment }, index) => (segment.name === 'PID' ? [index] : []));
  return starts.map((start, index) => segments.slice(start, starts[index + 1]));
}

/** Groups the segments of one patient into orders, as the structure of the message has it. */
export function groupOrders(segments: readonly Noted[], { type, event }: Pick<V2Message, 'type' | 'event'>): PatientGroup {
  const grouping = new Grouping({ specimenFirst: SPECIMEN_FIRST.has(`${type}^${event}`), orderControlLast: type === 'OUL' && event !== 'R21' });
  for (const noted of segments) grouping.take(noted);
  return grouping;
}

class Grouping implements PatientGroup {
  readonly head: Noted[] = [];
  readonly orders: OrderGroup[] = [];
  readonly specimens: SpecimenGroup[] = [];
  readonly #form: { readonly specimenFirst: boolean; readonly orderControlLast: boolean };
  #order: OrderGroup | undefined;
  #specimen: SpecimenGroup | undefined;

  constructor(form: { readonly specimenFirst: boolean; readonly orderControlLast: boolean }) {
    this.#form = form;
  }

  take(noted: Noted): void {
    const { segment } = noted;
    switch (segment.name) {
      case 'ORC': this.#takeControl(noted); break;
      case 'OBR': this.#takeRequest(noted); break;
      case 'SPM': this.#takeSpecimen(noted); break;
      case 'SAC': this.#specimen?.containers.push(segment); break;
      case 'OBX': this.#takeObservation(noted); break;
      default: this.#takeOther(noted);
    }
  }

  #takeControl(noted: Noted): void {
    const order = this.#order;
    const joins = this.#form.orderControlLast && order?.obr !== undefined && order.orc === undefined && order.observations.length === 0;
    (joins ? order : this.#begin()).orc = noted;
  }

  #takeRequest(noted: Noted): void {
    const order = this.#order;
    (order === undefined || order.obr !== undefined ? this.#begin() : order).obr = noted;
    // Of an order that comes before its specimens, results follow it directly.
    if (!this.#form.specimenFirst) this.#specimen = undefined;
  }

  #begin(): OrderGroup {
    const specimens = this.#form.specimenFirst && this.#specimen !== undefined ? [this.#specimen] : [];
    if (!this.#form.specimenFirst) this.#specimen = undefined;
    const order: OrderGroup = { orc: undefined, obr: undefined, txa: undefined, timings: [], diagnoses: [], observations: [], documents: [], specimens, foreign: [] };
    this.orders.push(order);
    return this.#order = order;
  }

  #takeSpecimen(noted: Noted): void {
    const specimen: SpecimenGroup = { spm: noted, containers: [], observations: [] };
    this.#specimen = specimen;
    this.specimens.push(specimen);
    if (this.#form.specimenFirst) this.#order = undefined;
    else this.#order?.specimens.push(specimen);
  }

  #takeObservation(noted: Noted): void {
    const order = this.#order;
    if (this.#specimen !== undefined && (order === undefined || !this.#form.specimenFirst)) this.#specimen.observations.push(noted);
    else if (order === undefined) this.head.push(noted);
    else if (order.obr === undefined) order.documents.push(noted);
    else order.observations.push(noted);
  }

  #takeOther(noted: Noted): void {
    const { segment } = noted;
    const order = this.#order;
    if (order === undefined) this.head.push(noted);
    else if (segment.name === 'TQ1') order.timings.push(segment);
    else if (segment.name === 'DG1') order.diagnoses.push(segment);
    else if (segment.name === 'TXA') order.txa = noted;
    else if (FOREIGN.has(segment.name)) order.foreign.push(segment);
    else this.head.push(noted);
  }
}
