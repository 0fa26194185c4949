import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { conceptOf } from '../datatypes/concept.ts';
import { tableCoding } from '../datatypes/element.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { asInstant, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';
import { open } from './reading.ts';

const AGENT_TYPES = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** Fields of ORC that name who dealt with an order, for whom ServiceRequest has no element. */
const ORDER_AGENTS = [[10, 'enterer'], [11, 'verifier'], [19, 'performer']] as const;

/** EVN-5 and others: who entered what an admission tells, when and why. */
export function readEventProvenance(reading: Reading, evn: Segment, targets: readonly Draft[]): void {
  const reason = conceptOf(reading, evn.value(4));
  readProvenance(reading, evn, {
    targets, agents: agentsIn(reading, evn, [[5, 'enterer']]), recorded: asInstant(timeOf(reading, evn, 2)),
    members: { occurredDateTime: timeOf(reading, evn, 6), reason: reason === undefined ? undefined : [reason], activity: { coding: [tableCoding('0003', reading.message.event)] } },
  });
}

/** ORC-10, ORC-11 and ORC-19: who entered, verified and acted on an order. */
export function readOrderProvenance(reading: Reading, orc: Segment, order: Draft): void {
  const control = orc.text(1);
  readProvenance(reading, orc, {
    targets: [order], agents: agentsIn(reading, orc, ORDER_AGENTS), recorded: asInstant(timeOf(reading, orc, 9)),
    members: { activity: control === '' ? undefined : { coding: [tableCoding('0119', control)] } },
  });
}

interface Told { readonly targets: readonly Draft[]; readonly agents: readonly JsonObject[]; readonly recorded: string | undefined; readonly members: Readonly<Record<string, JsonValue | undefined>> }

/** Without anyone named, or any time, there is nothing to tell. */
function readProvenance(reading: Reading, segment: Segment, { targets, agents, recorded, members }: Told): void {
  const time = recorded ?? asInstant(timeOf(reading, reading.message.header, 7));
  if (agents.length === 0 || targets.length === 0 || time === undefined) return;
  // Provenance has no identifier in R4: what it says gives it its id, so a retry says the same, and it is said once.
  const name = JSON.stringify(['Provenance', targets.map(({ url }) => url), agents, time, members]);
  if (reading.named.has(name)) return;
  const draft = open(reading, 'Provenance', segment);
  reading.named.set(name, draft);
  draft.add('target', targets.map((target) => target.reference)).set('recorded', time, segment.name === 'EVN' ? 2 : 9);
  for (const [name, value] of Object.entries(members)) draft.set(name, value);
  draft.add('agent', agents, segment.name === 'EVN' ? 5 : 10);
}

function agentsIn(reading: Reading, segment: Segment, fields: readonly (readonly [number, string])[]): readonly JsonObject[] {
  return fields.flatMap(([field, code]) => practitionersOf(reading, segment.values(field), { segment, field })
    .map((who) => ({ type: { coding: [{ system: AGENT_TYPES, code }] }, who })));
}
