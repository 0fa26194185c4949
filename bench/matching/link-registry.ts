import { hash } from 'node:crypto';
import path from 'node:path';
import { RATES, type Rates } from '../../src/district/registry/rates.ts';
import { registry } from '../../src/district/registry/registry.ts';
import { blockingKeys, type Features, featuresOf, judge, type MatchModel } from '../../src/identity/matching/index.ts';
import { isResource } from '../../src/fhir/resource.ts';
import { cluster } from './clusters.ts';
import { KeyIndex } from './key-index.ts';
import { type Quality, qualityOf, qualityOfClusters } from './quality.ts';
import { TextFile } from './text-file.ts';

export interface LinkingOptions { readonly people: number; readonly seed: string; readonly rates?: Rates; readonly model: MatchModel; readonly folder: string; readonly onWrong?: (a: string, b: string) => void; readonly onProgress?: (records: number) => void }

export interface Linking {
  readonly records: number;
  readonly seconds: number;
  readonly pairs: number;
  readonly truePairs: number;
  readonly blocking: { readonly recall: number; readonly reduction: number; readonly fullKeys: number };
  readonly certain: Quality;
  readonly clusters: Quality;
  readonly certainAndProbable: Quality;
  readonly probable: number;
}

/** A key under which more records stand is left out. */
const MOST_UNDER_KEY = 200;
/** Records whose features are at hand; all others are read from the file again, as from a store. */
const CACHED = 20_000;

/**
 * Matches a generated registry record by record, as it would come in: read, find those that share a key, judge each. Records
 * are in a file, the index is in typed arrays.
 */
export function linkRegistry({ people, seed, rates = RATES, model, folder, onWrong, onProgress }: LinkingOptions): Linking {
  const patients = new TextFile(path.join(folder, 'patients'));
  const truth: number[] = [];
  for (const { person, patient } of registry({ people, seed, rates })) {
    patients.add(JSON.stringify(patient));
    truth.push(person);
  }
  const count = patients.count;
  const matcher = new Matcher(patients, model);
  const found = new Found(truth, onWrong === undefined ? undefined : (a, b) => onWrong(patients.read(a), patients.read(b)));
  const numbers = new Float64Array(count);
  const started = performance.now();
  const order = shuffled(count);
  for (let at = 0; at < count; at++) {
    const record = order[at] ?? 0;
    const features = readFeatures(patients.read(record));
    numbers[record] = numberOf(features);
    matcher.match(record, features, found);
    if (at % 100_000 === 99_999) onProgress?.(at + 1);
  }
  const persons = cluster(count, found.certainLinks, numbers);
  const seconds = (performance.now() - started) / 1000;
  patients.close();
  return { records: count, seconds, ...found.summary(count), blocking: found.blocking(count, matcher.fullKeys), clusters: qualityOfClusters(persons, truth) };
}

/** What has come in so far, and what a new record meets there. */
class Matcher {
  readonly #model: MatchModel;
  readonly #index: KeyIndex;
  readonly #patients: TextFile;
  readonly #cache = new Map<number, Features>();
  fullKeys = 0;

  constructor(patients: TextFile, model: MatchModel) {
    this.#patients = patients;
    this.#model = model;
    this.#index = new KeyIndex(Math.max(patients.count * 6, 1024));
  }

  match(record: number, features: Features, found: Found): void {
    const met = new Set<number>();
    for (const key of blockingKeys(features)) if (!this.#index.meet(key, record, { most: MOST_UNDER_KEY, met })) this.fullKeys++;
    for (const other of met) found.judged(record, other, judge(features, this.#read(other), this.#model));
    this.#keep(record, features);
  }

  #read(record: number): Features {
    const cached = this.#cache.get(record);
    if (cached !== undefined) return cached;
    const features = readFeatures(this.#patients.read(record));
    this.#keep(record, features);
    return features;
  }

  #keep(record: number, features: Features): void {
    this.#cache.set(record, features);
    const [oldest] = this.#cache.size > CACHED ? this.#cache.keys() : [];
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}

/** Pairs by their grade, against the truth. */
class Found {
  readonly #truth: readonly number[];
  readonly #onWrong: ((a: number, b: number) => void) | undefined;
  readonly #links = { a: [] as number[], b: [] as number[], score: [] as number[] };
  #pairs = 0;
  #trueMet = 0;
  #certainTrue = 0;
  #probable = 0;
  #probableTrue = 0;

  constructor(truth: readonly number[], onWrong: ((a: number, b: number) => void) | undefined) {
    this.#truth = truth;
    this.#onWrong = onWrong;
  }

  judged(a: number, b: number, { grade, score }: ReturnType<typeof judge>): void {
    const isTrue = this.#truth[a] === this.#truth[b];
    this.#pairs++;
    this.#trueMet += Number(isTrue);
    if (grade === 'probable') {
      this.#probable++;
      this.#probableTrue += Number(isTrue);
    }
    if (grade !== 'certain') return;
    this.#certainTrue += Number(isTrue);
    this.#links.a.push(a);
    this.#links.b.push(b);
    this.#links.score.push(score);
    if (!isTrue) this.#onWrong?.(a, b);
  }

  get certainLinks(): { readonly a: readonly number[]; readonly b: readonly number[]; readonly score: readonly number[] } {
    return this.#links;
  }

  summary(count: number): Pick<Linking, 'pairs' | 'truePairs' | 'certain' | 'certainAndProbable' | 'probable'> {
    const truePairs = pairsWithin(this.#truth, count);
    const links = this.#links.a.length;
    return {
      pairs: this.#pairs, truePairs, certain: qualityOf(this.#certainTrue, links, truePairs), probable: this.#probable,
      certainAndProbable: qualityOf(this.#certainTrue + this.#probableTrue, links + this.#probable, truePairs),
    };
  }

  blocking(count: number, fullKeys: number): Linking['blocking'] {
    return { recall: this.#trueMet / Math.max(1, pairsWithin(this.#truth, count)), reduction: 1 - this.#pairs / (count * (count - 1) / 2), fullKeys };
  }
}

function pairsWithin(truth: readonly number[], count: number): number {
  const sizes = new Uint32Array(count + 1);
  let pairs = 0;
  for (const person of truth) pairs += (sizes[person] = (sizes[person] ?? 0) + 1) - 1;
  return pairs;
}

function readFeatures(text: string): Features {
  const patient: unknown = JSON.parse(text);
  if (!isResource(patient)) throw new TypeError('The registry holds what is no resource');
  return featuresOf(patient);
}

/** A number below 2^48 for the first resident ID; negative for those of permits. */
function numberOf({ residentIds: [number] }: Features): number {
  if (number === undefined) return 0;
  const value = Number.parseInt(hash('sha256', number).slice(0, 12), 16) + 1;
  return /^[89]/u.test(number) ? -value : value;
}

/** Records of one person do not come one after the other. The order is the same in each run. */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  let state = 20_250_630;
  for (let at = count - 1; at > 0; at--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor(state / 2 ** 32 * (at + 1));
    const [one = 0, two = 0] = [order[at], order[other]];
    order[at] = two;
    order[other] = one;
  }
  return order;
}
