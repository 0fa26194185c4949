import { Router } from 'express';
import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { bodyAs } from '../../http/json-body.ts';
import { listRequest } from '../../http/list-request.ts';
import type { Operation, OperationInput } from '../../http/operation.ts';
import { parseQueryText, withoutFormat } from '../../http/query-text.ts';
import type { Services } from '../../services.ts';
import { listRepeats } from '../repeats/list-repeats.ts';
import { COLUMNS } from './columns.ts';
import type { EvaluationAsked } from './evaluate-measure.ts';
import { evaluateMeasure } from './evaluate-measure.ts';
import { DIMENSIONS } from './figure-set.ts';
import { listRecords } from './list-records.ts';
import { MONTH } from './month.ts';
import { readFigures } from './read-figures.ts';
import { fixMonth, listSnapshots } from './snapshots.ts';

const snapshotSchema = z.strictObject({ month: z.string().regex(MONTH, 'must be a month such as 2026-03') });

/** The figures of recognition, and the repeats that were found afterwards. */
export function figuresRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/figures').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['month', 'by', 'revision']);
    res.json(await readFigures(services, callerOf(res), { month: monthOf(filters), by: oneOf('by', filters.get('by') ?? 'organization', DIMENSIONS), revision: revisionOf(filters.get('revision')) }));
  }).all(methodNotAllowed('GET'));
  router.route('/figures/records').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['month', 'column', 'organization', 'department', 'item']);
    const asked = { month: monthOf(filters), column: oneOf('column', filters.get('column'), COLUMNS), organization: filters.get('organization'), department: filters.get('department'), item: filters.get('item') };
    const { records, next } = await listRecords(services, callerOf(res), asked, page);
    res.json({ records, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/figures/snapshots').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['month']);
    res.json({ snapshots: await listSnapshots(services, callerOf(res), monthOf(filters)) });
  }).post(async (req, res) => {
    const snapshot = await fixMonth(services, callerOf(res), (await bodyAs(services, req, res, snapshotSchema)).month);
    res.status(snapshot.isNew ? 201 : 200).json({ snapshot });
  }).all(methodNotAllowed('GET', 'POST'));
  router.route('/repeats').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['month', 'organization', 'item']);
    res.json({ repeats: await listRepeats(services, callerOf(res), { month: monthOf(filters), organization: filters.get('organization'), item: filters.get('item') }) });
  }).all(methodNotAllowed('GET'));
  return router;
}

/** `Measure/$evaluate-measure`, on the type and on one Measure. */
export function figureOperations(services: Services): readonly Operation[] {
  const operation = (level: Operation['level']): Operation => ({
    type: 'Measure', name: 'evaluate-measure', level, definition: 'http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure', methods: ['GET', 'POST'],
    answer: async (caller, input) => ({ status: 200, resource: await evaluateMeasure(services, caller, await askedOf(input)) }),
  });
  return [operation('type'), operation('instance')];
}

const PARAMETERS = ['measure', 'periodStart', 'periodEnd', 'reportType'] as const;

/** Of the query, and of a Parameters resource. @throws ServiceError 'malformed', 'not-supported' */
async function askedOf({ id, query, body }: OperationInput): Promise<EvaluationAsked> {
  const sent = await body();
  const pairs = [...withoutFormat(parseQueryText(query)), ...(sent === undefined ? [] : parametersIn(sent))];
  const unknown = pairs.find(([name]) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) throw fault('not-supported', unknown[0].slice(0, 64), `$evaluate-measure takes ${PARAMETERS.join(', ')}`);
  const repeated = pairs.find(([name], at) => pairs.findIndex(([other]) => other === name) !== at);
  if (repeated !== undefined) throw fault('malformed', repeated[0], `${repeated[0]} is given more than once`);
  return { ...Object.fromEntries(pairs), id };
}

function parametersIn(body: unknown): readonly (readonly [string, string])[] {
  const parameters = isObject(body) && body['resourceType'] === 'Parameters' ? body['parameter'] ?? [] : undefined;
  if (!isList(parameters)) throw fault('malformed', 'Parameters.parameter', 'The body must be a Parameters resource');
  return parameters.map((parameter, at) => {
    const value = isObject(parameter) ? valueIn(parameter) : undefined;
    if (!isObject(parameter) || typeof value !== 'string') throw fault('malformed', `Parameters.parameter[${at}]`, 'A parameter has a name and one value that is a text');
    return [textOf(parameter['name']), value] as const;
  });
}

function valueIn(parameter: JsonObject): unknown {
  const name = Object.keys(parameter).find((member) => member.startsWith('value'));
  return name === undefined ? undefined : parameter[name];
}

/** @throws ServiceError 'malformed' */
function monthOf(filters: ReadonlyMap<string, string>): string {
  const month = filters.get('month') ?? '';
  if (!MONTH.test(month)) throw fault('malformed', 'month', 'Name a month, as in ?month=2026-03');
  return month;
}

/** @throws ServiceError 'malformed' */
function revisionOf(sent: string | undefined): number | undefined {
  if (sent === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(sent)) throw fault('malformed', 'revision', 'A revision is a number from 1 on');
  return Number(sent);
}

/** @throws ServiceError 'malformed' */
function oneOf<T extends string>(name: string, sent: string | undefined, known: readonly T[]): T {
  const found = known.find((one) => one === sent);
  if (found === undefined) throw fault('malformed', name, `${name} must be one of ${known.join(', ')}`);
  return found;
}

function fault(kind: ServiceError['kind'], expression: string, diagnostics: string): ServiceError {
  return new ServiceError(kind, diagnostics, [{ severity: 'error', code: kind === 'not-supported' ? 'not-supported' : 'value', diagnostics, expression }]);
}
