import { z } from 'zod';
import { isDay } from './days.ts';
import { CIRCUMSTANCES, INSTITUTION_LEVELS, SCOPE_LEVELS } from '../rules/catalogue-item.ts';
import { loincFault } from '../../terminology/index.ts';

/** What a row, a panel, a price or a group of the catalogue says: in a file of `profiles/recognition/`, and in a change that is proposed. */

const text = z.string().trim().min(1).max(200);
export const daySchema = z.string().refine(isDay, 'must be a day of the calendar such as 2026-03-01');
/** Both ends are included; an absent `to` is open. */
export const daysSchema = z.strictObject({ from: daySchema, to: daySchema.optional() })
  .refine(({ from, to }) => to === undefined || from <= to, 'must not end before it begins');
const codeKey = z.string().regex(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, 'must be of capital letters, digits, - and _');
const loinc = z.array(z.strictObject({
  code: z.string().refine((code) => loincFault(code) === undefined, 'must be a LOINC code with the right check digit'),
  unverified: z.literal(true).optional(),
})).optional();
/** Source -> its own code. */
const sources = z.record(text, text).optional();
const levels = z.array(z.enum(INSTITUTION_LEVELS)).min(1);

const rowMembers = {
  item: codeKey,
  /** Besides those of the item in `profiles/codes/catalogue.json`. */
  loinc,
  sources,
  isMethodSpecific: z.literal(true).optional(),
  window: z.strictObject({ days: z.number().int().min(0).max(3_650), anchor: z.enum(['collected', 'effective', 'issued']) }),
  scope: z.enum(SCOPE_LEVELS),
  accepts: z.partialRecord(z.enum(INSTITUTION_LEVELS), levels).optional(),
  exclusions: z.array(z.enum(CIRCUMSTANCES)),
  isVolatile: z.literal(true).optional(),
  isConfidential: z.literal(true).optional(),
  isEnabled: z.boolean(),
  disabledReason: text.optional(),
  effective: daysSchema,
  unverified: z.array(z.enum(['window'])).optional(),
};
const laboratory = { ...rowMembers, kind: z.literal('laboratory'), specimens: z.array(text).min(1) };
const imaging = {
  ...rowMembers,
  kind: z.literal('imaging'),
  zh: text, en: text, group: text,
  examined: z.strictObject({ modality: text, bodySite: text, isLateral: z.literal(true).optional(), contrast: z.enum(['with', 'without']).optional() }),
};
const panel = {
  panel: codeKey, zh: text, en: text, loinc, sources,
  members: z.array(codeKey).min(1),
  optional: z.array(codeKey).optional(),
  effective: daysSchema,
};
const price = {
  /** Logical id of an Organization. */
  organization: text,
  item: codeKey.optional(),
  panel: codeKey.optional(),
  /** 0.01 CNY. */
  fen: z.number().int().min(0).max(100_000_000),
  /** Percent that the patient pays. */
  patientShare: z.number().min(0).max(100),
  effective: daysSchema,
};
const group = { group: text, en: text, isEnabled: z.boolean(), disabledReason: text.optional(), effective: daysSchema };

type Able = Readonly<{ isEnabled: boolean; disabledReason?: string | undefined }>;
const SAYS_WHY = { error: 'must say why it is disabled, and only then', path: ['disabledReason'] };
/** Whoever meets a disabled row is told why. */
const saysWhy = ({ isEnabled, disabledReason }: Able): boolean => isEnabled === (disabledReason === undefined);
const pricesOne = ({ item, panel: of }: Readonly<{ item?: string | undefined; panel?: string | undefined }>): boolean => (item === undefined) !== (of === undefined);
const PRICES_ONE = { error: 'must be of an item or of a panel, not of both', path: ['item'] };

const id = { id: text };
/** A row of `catalogue.json`. */
export const fileRowSchema = z.discriminatedUnion('kind', [z.strictObject({ ...id, ...laboratory }).refine(saysWhy, SAYS_WHY), z.strictObject({ ...id, ...imaging }).refine(saysWhy, SAYS_WHY)]);
export const filePanelSchema = z.strictObject({ ...id, ...panel });
export const fileGroupSchema = z.strictObject({ ...id, ...group }).refine(saysWhy, SAYS_WHY);

export const rowSchema = z.discriminatedUnion('kind', [z.strictObject(laboratory).refine(saysWhy, SAYS_WHY), z.strictObject(imaging).refine(saysWhy, SAYS_WHY)]);
export const panelSchema = z.strictObject(panel);
export const priceSchema = z.strictObject(price).refine(pricesOne, PRICES_ONE);
export const groupSchema = z.strictObject(group).refine(saysWhy, SAYS_WHY);

export type RowContent = Readonly<z.infer<typeof rowSchema>>;
export type PanelContent = Readonly<z.infer<typeof panelSchema>>;
export type PriceContent = Readonly<z.infer<typeof priceSchema>>;
export type GroupContent = Readonly<z.infer<typeof groupSchema>>;

/** Of what an entry of the catalogue is. */
export const SUBJECTS = ['row', 'panel', 'price', 'group'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What an entry says, by its subject. */
export type EntryContent =
  | { readonly subject: 'row'; readonly content: RowContent }
  | { readonly subject: 'panel'; readonly content: PanelContent }
  | { readonly subject: 'price'; readonly content: PriceContent }
  | { readonly subject: 'group'; readonly content: GroupContent };

/** One entry of the catalogue, from a file or approved in the workbench. */
export type Entry = EntryContent & {
  /** By it an entry is named to people, and replaced: `GLU@2024`. */
  readonly id: string;
  /** Where it stands: a file, or an approved change. */
  readonly origin: string;
  readonly isOfFile: boolean;
};

/** What an entry is about: at most one entry of a key holds on any day. */
export function keyOf(entry: EntryContent): string {
  switch (entry.subject) {
    case 'row': return `item ${entry.content.item}`;
    case 'panel': return `panel ${entry.content.panel}`;
    case 'group': return `group ${entry.content.group}`;
    case 'price': return priceKey(entry.content.organization, pricedOf(entry.content));
  }
}

/** An item and a panel may have one name: glucose is both. */
export interface Priced { readonly kind: 'item' | 'panel'; readonly key: string }

export function pricedOf({ item, panel: of }: PriceContent): Priced {
  return item === undefined ? { kind: 'panel', key: of ?? '' } : { kind: 'item', key: item };
}

export function priceKey(organization: string, { kind, key }: Priced): string {
  return `price of ${kind} ${key} at ${organization}`;
}
