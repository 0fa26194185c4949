import type { Features } from '../features.ts';
import type { Field } from '../judgement.ts';
import type { Name } from '../names/name.ts';
import type { Kind } from './estimate.ts';

/** Pairs of records that are chosen by some fields, so that the others can be learned from them. */
export interface Block {
  readonly name: string;
  /** Records with the same key are paired; undefined: the record is in no pair. */
  readonly keyOf: (features: Features) => string | undefined;
  /** Fields that are evidence, since the pairs are not chosen by them. */
  readonly fields: readonly Field[];
  /** What is learned from it: of which kind, which fields. */
  readonly learns: readonly (readonly [Kind, readonly Field[]])[];
  /** Where to start; kinds of share 0 are not in the block. */
  readonly shares: Readonly<Record<Kind, number>>;
  /** What the pairs were chosen by is taken out before they are compared. */
  readonly mask?: (features: Features) => Features;
}

export const BLOCKS: readonly Block[] = [
  {
    name: 'the same resident ID', keyOf: ({ residentIds: [number] }) => number, fields: ['otherId', 'name', 'phone', 'address', 'guardian'],
    // Birth dates are taken from the number where it is there, so that they have fewer errors than others.
    learns: [['person', ['otherId', 'name', 'phone', 'address', 'guardian']]], shares: { person: 0.99, household: 0.009, stranger: 0.001 }, mask: withoutNumber,
  },
  {
    name: 'the same phone and birth date', keyOf: (features) => joined(features.phones[0], features.birthDates[0]?.digits), fields: ['residentId', 'otherId', 'name', 'sex', 'address', 'guardian'],
    learns: [['person', ['name', 'sex', 'residentId', 'otherId']]], shares: { person: 0.95, household: 0.04, stranger: 0.01 },
  },
  {
    name: 'the same name and phone', keyOf: (features) => joined(features.phones[0], soundOf(features.names)), fields: ['otherId', 'birthDate', 'sex', 'address', 'guardian'],
    learns: [['person', ['birthDate', 'sex']]], shares: { person: 0.98, household: 0.015, stranger: 0.005 }, mask: withoutNumber,
  },
  {
    name: 'the same name and birth date', keyOf: (features) => joined(soundOf(features.names), features.birthDates[0]?.digits), fields: ['residentId', 'otherId', 'sex', 'phone', 'address', 'guardian'],
    learns: [['person', ['residentId', 'otherId', 'phone', 'address', 'guardian']]], shares: { person: 0.95, household: 0.01, stranger: 0.04 },
  },
  {
    name: 'the same phone', keyOf: ({ phones: [phone] }) => phone, fields: ['residentId', 'otherId', 'name', 'birthDate', 'sex', 'address', 'guardian'],
    learns: [['household', ['residentId', 'name', 'birthDate', 'sex', 'address', 'guardian']]], shares: { person: 0.6, household: 0.39, stranger: 0.01 },
  },
  {
    name: 'the same home', keyOf: ({ addresses: [home] }) => (home === undefined || home.road === '' || home.room === '' ? undefined : joined(home.road, `${home.house} ${home.room}`)), fields: ['residentId', 'otherId', 'name', 'birthDate', 'sex', 'phone', 'guardian'],
    learns: [['household', ['residentId', 'name', 'birthDate', 'sex', 'phone', 'guardian']]], shares: { person: 0.4, household: 0.59, stranger: 0.01 },
  },
];

/** A record as if it had not shown its number. */
function withoutNumber(features: Features): Features {
  return { ...features, residentIds: [], brokenIds: [], birthDates: features.statesBirthDate ? features.birthDates.slice(0, 1) : [] };
}

function joined(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined ? undefined : `${a} ${b}`;
}

/** A child without a name has the sound of its mother's, which is not its own. */
function soundOf([name]: readonly Name[]): string | undefined {
  if (name === undefined || name.child !== undefined) return undefined;
  return name.script === 'han' ? `${name.familyPinyin}${name.givenPinyin}` : name.words.join('');
}
