import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { allMappings } from './approved-mappings.ts';
import { checkProposal, contradicting } from './check-proposal.ts';
import type { CodeMapping, Proposal } from './code-mapping.ts';
import { MAPPING_TYPE, mappingResource } from './code-mapping.ts';
import { contentKey } from './content-key.ts';
import { isUcum } from './ucum.ts';
import { UNMAPPED_TYPE, unmappedTerm } from './unmapped.ts';
import { stepOf } from '../step.ts';

/**
 * Writes down what somebody holds a local code or unit to mean. Nothing is mapped by it before another person approves it.
 * Who proposes the same again gets what waits already.
 *
 * @throws ServiceError 'forbidden'; 'invalid' with every fault; 'rule-broken' where it would contradict what is approved, or
 *   another person has proposed the same
 */
export async function proposeMapping(services: Services, caller: Caller, proposal: Proposal): Promise<CodeMapping> {
  await authorize(services, caller, { action: 'terminology-propose', source: proposal.source });
  const mapping = await proposedMapping(services, caller, proposal, { approved: await approvedOf(services, proposal.source) });
  const waiting = await waitingAlike(services, mapping);
  if (waiting?.proposed.by === caller.subject) return waiting;
  if (waiting !== undefined) throw new ServiceError('rule-broken', `${waiting.proposed.by} has proposed the same already: decide about ${waiting.id}`);
  await services.store.commit([
    { kind: 'put', resource: mappingResource(mapping), expectedVersion: 0 },
    traceChange(services, caller, { action: 'create', interaction: 'terminology-propose', outcome: 'success', resources: [`${MAPPING_TYPE}/${mapping.id}`] }),
  ]);
  return mapping;
}

/** The proposal of the same content that nobody has decided about. */
async function waitingAlike({ store, codes }: Services, mapping: CodeMapping): Promise<CodeMapping | undefined> {
  const { source, kind, local, replaces } = mapping;
  const key = contentKey(codes, mapping);
  return (await allMappings(store, { source, kind, local, status: 'proposed' })).map((stored) => stored.mapping).find((other) => other.replaces === replaces && contentKey(codes, other) === key);
}

/** All approved mappings of a source. */
export async function approvedOf({ store }: Services, source: string): Promise<readonly CodeMapping[]> {
  return (await allMappings(store, { source, status: 'approved' })).map(({ mapping }) => mapping);
}

/** What a proposal is judged against. `replacesByItself`: it replaces the approved mapping of its code that it contradicts, as an import must. */
export interface Judging { readonly approved: readonly CodeMapping[]; readonly replacesByItself?: boolean }

/**
 * The mapping that a proposal becomes, checked and not yet stored.
 *
 * @throws ServiceError as `proposeMapping`
 */
export async function proposedMapping(services: Services, caller: Caller, proposal: Proposal, { approved, replacesByItself = false }: Judging): Promise<CodeMapping> {
  requireSource(services, proposal.source);
  const { faults, warnings, item } = checkProposal(proposal, services.codes, isUcum);
  if (faults.length > 0) throw new ServiceError('invalid', 'The mapping cannot be', faults);
  const { reason, ...content } = proposal;
  const isText = proposal.kind === 'code' && await isTextOnly(services, proposal.source, proposal.local);
  const drafted: CodeMapping = {
    ...content, ...(item === undefined ? {} : { item }), ...(isText ? { isText } : {}),
    id: services.newId(), status: 'proposed', warnings: [...warnings], proposed: stepOf(services, caller, reason),
  };
  const contradicted = replacesByItself ? contradicting(drafted, approved) : undefined;
  const mapping = contradicted?.local === drafted.local ? { ...drafted, replaces: contradicted.id } : drafted;
  requireReplaceable(mapping, approved);
  requireUncontradicted(mapping, approved);
  return mapping;
}

/** @throws ServiceError 'rule-broken' that names both */
export function requireUncontradicted(mapping: CodeMapping, approved: readonly CodeMapping[]): void {
  const other = contradicting(mapping, approved);
  if (other === undefined) return;
  const sentence = `The mapping ${shown(mapping)} would contradict ${shown(other)} (${other.id}), which is approved: a result could meet both. Name it in replaces, or tell them apart by specimen, method, unit or days`;
  throw new ServiceError('rule-broken', sentence, [{ severity: 'error', code: 'business-rule', diagnostics: sentence, expression: mapping.kind === 'code' ? 'when' : 'local' }]);
}

/** @throws ServiceError 'rule-broken' unless what it replaces is approved and of the same code */
export function requireReplaceable(mapping: CodeMapping, approved: readonly CodeMapping[]): void {
  const { replaces, kind, local } = mapping;
  if (replaces === undefined || approved.some((other) => other.id === replaces && other.kind === kind && other.local === local)) return;
  const sentence = `There is no approved mapping ${replaces.slice(0, 64)} of ${kind} ${local} to replace`;
  throw new ServiceError('rule-broken', sentence, [{ severity: 'error', code: 'not-found', diagnostics: sentence, expression: 'replaces' }]);
}

function shown(mapping: CodeMapping): string {
  const { source, local } = mapping;
  return mapping.kind === 'unit' ? `${source} unit ${local} → ${mapping.ucum}` : `${source} ${local} → ${mapping.item ?? 'no item'}, LOINC ${mapping.loinc}`;
}

function requireSource({ sources, codes }: Services, source: string): void {
  if (sources.has(source) || codes.sources.has(source)) return;
  const sentence = `There is no source ${source.slice(0, 64)}; sources are described in profiles/sources`;
  throw new ServiceError('invalid', sentence, [{ severity: 'error', code: 'not-found', diagnostics: sentence, expression: 'source' }]);
}

/** A laboratory without codes sends names: the list of gaps knows it by having met the name without a code system. */
export async function isTextOnly({ store }: Pick<Services, 'store'>, source: string, local: string): Promise<boolean> {
  const met = await store.read({ type: UNMAPPED_TYPE, id: unmappedTerm(source, { kind: 'code', system: '', code: local, display: '' }, '').id });
  return met !== undefined;
}
