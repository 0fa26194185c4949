import { z } from 'zod';
import type { Resource } from '../../fhir/resource.ts';
import type { AppliedChange } from './apply-changes.ts';
import type { EntryContent } from './content.ts';
import { daySchema, groupSchema, panelSchema, priceSchema, rowSchema, SUBJECTS } from './content.ts';
import { reasonSchema, stepSchema } from '../../step.ts';

/** Internal type of a change of the catalogue, as people decided it. Its versions in the store are its history. */
export const CHANGE_TYPE = 'CatalogueChange';

/** `approved` alone holds. A rejected change never held, a retired one no longer does. */
export const CHANGE_STATUSES = ['proposed', 'approved', 'rejected', 'retired'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

const text = z.string().trim().min(1).max(200);

/** What is proposed: an entry, which may follow one that holds, or the end of one. Ids of entries are those of one subject. */
const entries = [
  { subject: z.literal('row'), content: rowSchema },
  { subject: z.literal('panel'), content: panelSchema },
  { subject: z.literal('price'), content: priceSchema },
  { subject: z.literal('group'), content: groupSchema },
] as const;
const following = { replaces: text.optional() };
const ending = { subject: z.enum(SUBJECTS), ends: text, lastDay: daySchema };

export const changeProposalSchema = z.union([
  z.discriminatedUnion('subject', [
    z.strictObject({ ...entries[0], ...following, reason: reasonSchema }), z.strictObject({ ...entries[1], ...following, reason: reasonSchema }),
    z.strictObject({ ...entries[2], ...following, reason: reasonSchema }), z.strictObject({ ...entries[3], ...following, reason: reasonSchema }),
  ]),
  z.strictObject({ ...ending, reason: reasonSchema }),
]);
export type ChangeProposal = Readonly<z.infer<typeof changeProposalSchema>>;

const recorded = {
  id: z.string(),
  status: z.enum(CHANGE_STATUSES),
  /** What the entry is about, `item GLU`. */
  about: z.string(),
  proposed: stepSchema,
  approved: stepSchema.optional(),
  rejected: stepSchema.optional(),
  /** Also how far it still holds: `retired` with a last day is still `approved`. */
  retired: stepSchema.optional(),
};
const changeSchema = z.union([
  z.discriminatedUnion('subject', [
    z.object({ ...entries[0], ...following, ...recorded }), z.object({ ...entries[1], ...following, ...recorded }),
    z.object({ ...entries[2], ...following, ...recorded }), z.object({ ...entries[3], ...following, ...recorded }),
  ]),
  z.object({ ...ending, ...recorded }),
]);
export type CatalogueChange = Readonly<z.infer<typeof changeSchema>>;

/** The resource under which the store keeps a change. */
export function changeResource(change: CatalogueChange): Resource & { readonly id: string } {
  return { resourceType: CHANGE_TYPE, ...change };
}

/** @param body a stored CatalogueChange, JSON text */
export function parseChange(body: string): CatalogueChange {
  return changeSchema.parse(JSON.parse(body));
}

/** The entry that a change or a proposal brings; undefined for one that only ends another. */
export function entryOf(change: CatalogueChange | ChangeProposal): EntryContent | undefined {
  if (!('content' in change)) return undefined;
  switch (change.subject) {
    case 'row': return { subject: 'row', content: change.content };
    case 'panel': return { subject: 'panel', content: change.content };
    case 'price': return { subject: 'price', content: change.content };
    case 'group': return { subject: 'group', content: change.content };
  }
}

export function appliedOf(change: CatalogueChange): AppliedChange {
  if (!('content' in change)) return { id: change.id, subject: change.subject, entry: undefined, replaces: change.ends, lastDay: change.lastDay };
  return { id: change.id, subject: change.subject, entry: entryOf(change), replaces: change.replaces, lastDay: undefined };
}
