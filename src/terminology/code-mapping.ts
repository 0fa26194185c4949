import { z } from 'zod';
import type { Resource } from '../fhir/resource.ts';
import { EQUIVALENCES } from './tables.ts';
import { reasonSchema, stepSchema } from '../step.ts';

/** Internal type of what a local code or unit of one source means, as people decided it. Its versions in the store are its history. */
export const MAPPING_TYPE = 'CodeMapping';

/** `approved` alone is used. A rejected mapping was never used, a retired one no longer is. */
export const MAPPING_STATUSES = ['proposed', 'approved', 'rejected', 'retired'] as const;
export type MappingStatus = (typeof MAPPING_STATUSES)[number];

const text = z.string().min(1).max(200);
export const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-03-01');
const when = z.strictObject({ specimen: text.optional(), method: text.optional(), unit: text.optional() });

const codeTarget = {
  kind: z.literal('code'),
  local: text,
  display: z.string().max(200).default(''),
  when: when.optional(),
  item: text.optional(),
  loinc: z.string().max(20),
  equivalence: z.enum(EQUIVALENCES),
  effective: z.strictObject({ from: daySchema.optional(), to: daySchema.optional() }).optional(),
};
const unitTarget = { kind: z.literal('unit'), local: text, ucum: text };
const claim = { source: text, replaces: text.optional() };

/** What somebody proposes. */
export const proposalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...codeTarget, ...claim, reason: reasonSchema }),
  z.strictObject({ ...unitTarget, ...claim, reason: reasonSchema }),
]);
export type Proposal = Readonly<z.infer<typeof proposalSchema>>;

const recorded = {
  id: z.string(),
  ...claim,
  status: z.enum(MAPPING_STATUSES),
  /** The laboratory sends the code as a mere text. */
  isText: z.boolean().optional(),
  /** What whoever approves it should know. */
  warnings: z.array(z.string()),
  proposed: stepSchema,
  approved: stepSchema.optional(),
  rejected: stepSchema.optional(),
  /** Also how far it still holds: `retired` without `effective.to` means for no result at all. */
  retired: stepSchema.optional(),
};
const mappingSchema = z.discriminatedUnion('kind', [z.object({ ...codeTarget, ...recorded }), z.object({ ...unitTarget, ...recorded })]);
export type CodeMapping = Readonly<z.infer<typeof mappingSchema>>;

/** The resource under which the store keeps a mapping. */
export function mappingResource(mapping: CodeMapping): Resource & { readonly id: string } {
  return { resourceType: MAPPING_TYPE, ...mapping };
}

/** @param body a stored CodeMapping, JSON text */
export function parseMapping(body: string): CodeMapping {
  return mappingSchema.parse(JSON.parse(body));
}
