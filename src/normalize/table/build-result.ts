import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import type { MentionBuilder } from './build-mentions.ts';
import type { GoodRow } from './gather-rows.ts';
import type { ResultSaid } from './read-results.ts';

const CATEGORY = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }];
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const AN_INSTANT = 'yyyy-mm-ddT'.length;

/** Builds Observations of one delivery. What many rows have in common, such as the code of a test, is one object in all. */
export class ResultBuilder {
  readonly #builder: MentionBuilder;
  readonly #objects = new Map<string, JsonObject>();
  readonly #lists = new Map<string, JsonValue>();
  readonly #resultSystem: string;
  readonly #codeSystem: string;

  constructor(builder: MentionBuilder) {
    this.#builder = builder;
    this.#resultSystem = builder.systemOf('result');
    this.#codeSystem = builder.systemOf('codes');
  }

  build(row: GoodRow, result: ResultSaid): Resource {
    const { said } = row;
    const issued = instantOf(said.reported);
    const observation: Record<string, JsonValue> = {
      identifier: [{ system: this.#resultSystem, value: resultNumber(row, result.code) }],
      ...(row.order === undefined ? {} : { basedOn: [this.#builder.referenceTo('order', row.order)] }),
      status: said.status === '' ? 'final' : said.status,
      category: CATEGORY,
      code: this.#codeOf(result),
      subject: this.#builder.referenceTo('patient', row.patient),
    };
    if (row.visit !== undefined) observation['encounter'] = this.#builder.referenceTo('visit', row.visit);
    observation['effectiveDateTime'] = said.collected;
    if (issued !== undefined) observation['issued'] = issued;
    observation['performer'] = this.performers(said.performer, said.department);
    Object.assign(observation, result.value);
    const interpretation = this.#interpretation(result);
    if (interpretation !== undefined) observation['interpretation'] = interpretation;
    const notes = [said.comment, result.unitNote ?? ''].filter((text) => text !== '');
    if (notes.length > 0) observation['note'] = notes.map((text) => ({ text }));
    if (result.method !== '') observation['method'] = { text: result.method };
    const specimen = this.specimen(row);
    if (specimen !== undefined) observation['specimen'] = specimen;
    if (result.range !== undefined) observation['referenceRange'] = this.#rangeOf(result, result.range);
    return { resourceType: 'Observation', ...observation };
  }

  /** The institution first, then the department and the person of whom the row gives no more than the name. */
  performers(performer: string, department: string): JsonValue {
    return once(this.#lists, `performer\n${performer}\n${department}`, () => [
      this.#builder.organization,
      ...(department === '' ? [] : [{ type: 'Organization', display: department }]),
      ...(performer === '' ? [] : [{ type: 'Practitioner', display: performer }]),
    ]);
  }

  specimen({ specimen, said }: GoodRow): JsonObject | undefined {
    if (specimen !== undefined) return this.#builder.referenceTo('specimen', specimen);
    return said.specimenType === '' ? undefined : once(this.#objects, `specimen\n${said.specimenType}`, () => ({ display: said.specimenType }));
  }

  #codeOf({ code, display }: ResultSaid): JsonValue {
    return once(this.#objects, `code\n${code}\n${display}`, () => ({
      coding: [{ system: this.#codeSystem, code, ...(display === '' ? {} : { display }) }],
      ...(display === '' ? {} : { text: display }),
    }));
  }

  #interpretation({ flag, flagText }: ResultSaid): JsonValue | undefined {
    if (flag !== '') return once(this.#lists, `flag\n${flag}`, () => [{ coding: [{ system: INTERPRETATION, code: flag }] }]);
    return flagText === '' ? undefined : [{ text: flagText }];
  }

  #rangeOf({ unit }: ResultSaid, { low, high, text, unit: printed }: NonNullable<ResultSaid['range']>): JsonValue {
    const ofUnit = printed === undefined && unit === '' ? {} : { unit: printed ?? unit };
    return [{
      ...(low === undefined ? {} : { low: { value: low, ...ofUnit } }),
      ...(high === undefined ? {} : { high: { value: high, ...ofUnit } }),
      ...(text === undefined ? {} : { text }),
    }];
  }

}

/** Makes what is not there yet. */
function once<T>(shared: Map<string, T>, key: string, make: () => T): T {
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (shared.size < MOST_SHARED) shared.set(key, made);
  return made;
}
const MOST_SHARED = 10_000;

/** `issued` is an instant: a report of which only the day is known has none. */
export function instantOf(date: string): string | undefined {
  return date.length > AN_INSTANT ? date : undefined;
}

/**
 * What tells a result from others of its source: its report and test, or without a report its patient, time and test. The
 * code comes last and holds no colon of its own, so that two results never make one number.
 */
function resultNumber({ said, patient, report }: GoodRow, code: string): string {
  return `${report?.key ?? `${patient.key}:${said.collected}`}:${code.replace(/[%:]/g, encodeURIComponent)}`;
}

