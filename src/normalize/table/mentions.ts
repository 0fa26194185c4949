import type { FactName } from './facts.ts';
import type { Said } from './read-row.ts';

/** A record that rows speak of: a patient, a visit, an order, a specimen, a report. */
export interface Mention {
  /** What its sender calls it. */
  readonly key: string;
  /** Of the first row that speaks of it. */
  readonly row: number;
  readonly said: Record<FactName, string>;
  /** Whose it is; a patient's own mention has none. */
  readonly patient: Mention | undefined;
  /** Stands for it within the message. */
  readonly fullUrl: string;
}

/** A row that contradicts an earlier one. `fact` undefined: the record is of another patient there. */
export interface Contradiction { readonly fact: FactName | undefined; readonly row: number }

/** How rows that speak of one record agree: each fact is the same, the first that is said, the least, the greatest, or all together. */
type Agreement = 'same' | 'first' | 'least' | 'greatest' | 'all';
type Agreements = Readonly<Partial<Record<FactName, Agreement>>>;

const AGREEMENTS = {
  patient: { patientNumber: 'same', residentId: 'same', name: 'same', sex: 'same', birthDate: 'same', phone: 'first' },
  visit: { visitNumber: 'same', visitClass: 'same', visitStart: 'least' },
  order: { orderNumber: 'same', reportCode: 'same', reportName: 'all', ordered: 'least', doctor: 'first' },
  specimen: { specimenNumber: 'same', specimenType: 'same', collected: 'least', received: 'least' },
  report: { reportNumber: 'same', reportCode: 'same', reportName: 'all', conclusion: 'same', collected: 'least', reported: 'greatest' },
} as const satisfies Readonly<Record<string, Agreements>>;
export type MentionKind = keyof typeof AGREEMENTS;

/** The records of one kind that the rows of a delivery speak of, each once. */
export class Mentions {
  readonly #kind: MentionKind;
  readonly #agreements: readonly (readonly [FactName, Agreement])[];
  readonly #byKey = new Map<string, Mention>();

  constructor(kind: MentionKind) {
    this.#kind = kind;
    const agreements: Agreements = AGREEMENTS[kind];
    this.#agreements = (Object.keys(agreements) as FactName[]).flatMap((fact) => (agreements[fact] === undefined ? [] : [[fact, agreements[fact]] as const]));
  }

  [Symbol.iterator](): Iterator<Mention> {
    return this.#byKey.values();
  }

  /** What a row says otherwise than the rows before it. */
  contradiction(key: string, said: Said, patientKey: string): Contradiction | undefined {
    const known = this.#byKey.get(key);
    if (known === undefined) return undefined;
    if (known.patient !== undefined && known.patient.key !== patientKey) return { fact: undefined, row: known.row };
    for (const [fact, agreement] of this.#agreements) {
      if (agreement === 'same' && said[fact] !== '' && known.said[fact] !== '' && said[fact] !== known.said[fact]) return { fact, row: known.row };
    }
    return undefined;
  }

  /** Adds what a row without contradiction says. */
  join(key: string, said: Said, row: number, patient: Mention | undefined): Mention {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const mention = { key, row, said: { ...said }, patient, fullUrl: `urn:bund:${this.#kind}:${this.#byKey.size + 1}` };
      this.#byKey.set(key, mention);
      return mention;
    }
    for (const [fact, agreement] of this.#agreements) {
      const [news, old] = [said[fact], known.said[fact]];
      if (news !== old && news !== '') known.said[fact] = old === '' ? news : agreed(agreement, old, news);
    }
    return known;
  }
}

/** Dates compare as texts, since all of a delivery have one offset. */
function agreed(agreement: Agreement, old: string, news: string): string {
  switch (agreement) {
    case 'least': return news < old ? news : old;
    case 'greatest': return news > old ? news : old;
    case 'all': return old.split(SEPARATOR).includes(news) ? old : old + SEPARATOR + news;
    case 'same': case 'first': return old;
  }
}
const SEPARATOR = '、';
