import { z } from 'zod';
import type { Source } from '../../intake/source.ts';
import type { CatalogueItem } from '../../terminology/tables.ts';
import { certificateFileSchema, certificatesOf } from '../certificates/certificate-file.ts';
import type { Certificate } from '../rules/certificate.ts';
import type { Known } from './check-entry.ts';
import { datedOf, faultsOfEntry } from './check-entry.ts';
import { collisionsOf } from './collisions.ts';
import type { Entry } from './content.ts';
import { daysSchema, fileGroupSchema, filePanelSchema, fileRowSchema } from './content.ts';
import type { Scopes } from './membership.ts';
import { scopeFaults, scopesSchema } from './membership.ts';
import { fileName, readTable, RecognitionFileError } from './read-file.ts';
import type { RetestReason } from './recognition-tables.ts';
import type { Term } from './vocabulary.ts';

const text = z.string().trim().min(1).max(200);
const amounts = z.record(text, z.number().int().min(0).max(100_000_000));
/** One institution's prices from a day on: in fen, by item and by panel. */
const pricesSchema = z.array(z.strictObject({ organization: text, effective: daysSchema, patientShare: z.number().min(0).max(100), items: amounts, panels: amounts }));
const reasonsSchema = z.array(z.strictObject({ code: z.string().regex(/^[1-9]$/), zh: text, en: text, needsText: z.literal(true).optional() })).min(1);
const termsSchema = z.array(z.strictObject({ code: z.string().regex(/^[a-z-]{1,40}$/), zh: text, en: text, words: z.array(text), codes: z.array(z.string().regex(/^\S+\|\S+$/, 'must be system|code')), unverified: z.literal(true).optional() }));

/** What stands in `profiles/recognition`, checked. */
export interface RecognitionFiles {
  readonly entries: readonly Entry[];
  readonly certificates: readonly Certificate[];
  readonly scopes: Scopes;
  readonly reasons: readonly RetestReason[];
  readonly specimens: readonly Term[];
  readonly bodySites: readonly Term[];
  /** What an entry may name, as far as no entry decides it. */
  readonly known: Omit<Known, 'rows' | 'panels'>;
}

/** What the files are read against. */
export interface Surroundings {
  /** Laboratory items of `profiles/codes`. */
  readonly items: ReadonlyMap<string, CatalogueItem>;
  readonly sources: Iterable<Pick<Source, 'id' | 'organization'>>;
}

/**
 * Reads the catalogue of recognition and all that belongs to it, and checks that its parts agree with each other.
 *
 * @param dir the folder `profiles/recognition`
 * @throws RecognitionFileError that names file, row and element of each fault; two rows that contradict each other both
 * @see profiles/recognition/README.md
 */
export async function loadRecognitionFiles(dir: string, surroundings: Surroundings): Promise<RecognitionFiles> {
  const [rows, panels, groups, prices, scopes, parts, reasons, specimens, bodySites] = await Promise.all([
    readTable(dir, 'catalogue.json', z.array(fileRowSchema)), readTable(dir, 'panels.json', z.array(filePanelSchema)), readTable(dir, 'groups.json', z.array(fileGroupSchema)),
    readTable(dir, 'prices.json', pricesSchema), readTable(dir, 'scopes.json', scopesSchema), readTable(dir, 'certificates.json', certificateFileSchema),
    readTable(dir, 'retest-reasons.json', reasonsSchema), readTable(dir, 'specimens.json', termsSchema), readTable(dir, 'body-sites.json', termsSchema),
  ]);
  const entries: readonly Entry[] = [
    ...rows.map(({ id, ...content }): Entry => ({ subject: 'row', id, content, ...standing('catalogue.json row') })),
    ...panels.map(({ id, ...content }): Entry => ({ subject: 'panel', id, content, ...standing('panels.json row') })),
    ...groups.map(({ id, ...content }): Entry => ({ subject: 'group', id, content, ...standing('groups.json row') })),
    ...prices.flatMap(pricesOf),
  ];
  const known = knownOf(surroundings, { scopes, specimens, bodySites });
  const certificates = certificatesOf(parts);
  const faults = [...scopeFaults(scopes), ...entryFaults(entries, known), ...certificateFaults(certificates, { known, scopes, entries })];
  if (faults.length > 0) throw new RecognitionFileError(faults.join('\n'));
  return { entries, certificates, scopes, reasons, specimens, bodySites, known };
}

function standing(place: string): Pick<Entry, 'origin' | 'isOfFile'> {
  return { origin: fileName(place), isOfFile: true };
}

function pricesOf({ organization, effective, patientShare, items, panels }: z.infer<typeof pricesSchema>[number]): readonly Entry[] {
  const entry = (kind: 'item' | 'panel', key: string, fen: number): Entry => ({
    subject: 'price', id: `${organization} ${kind} ${key}@${effective.from}`, content: { organization, [kind]: key, fen, patientShare, effective }, ...standing('prices.json'),
  });
  return [...Object.entries(items).map(([key, fen]) => entry('item', key, fen)), ...Object.entries(panels).map(([key, fen]) => entry('panel', key, fen))];
}

function knownOf({ items, sources }: Surroundings, files: { readonly scopes: Scopes; readonly specimens: readonly Term[]; readonly bodySites: readonly Term[] }): RecognitionFiles['known'] {
  const all = [...sources];
  return {
    items,
    sources: new Set(all.map(({ id }) => id)),
    organizations: new Set([...all.map(({ organization }) => organization.id), ...files.scopes.members.map(({ organization }) => organization)]),
    specimens: new Set(files.specimens.map(({ code }) => code)),
    bodySites: new Set(files.bodySites.map(({ code }) => code)),
  };
}

/** What items and panels there are at all follows from the entries. */
export function withEntries(known: RecognitionFiles['known'], entries: readonly Entry[]): Known {
  return {
    ...known,
    rows: new Set(entries.flatMap((entry) => (entry.subject === 'row' ? [entry.content.item] : []))),
    panels: new Set(entries.flatMap((entry) => (entry.subject === 'panel' ? [entry.content.panel] : []))),
  };
}

function entryFaults(entries: readonly Entry[], files: RecognitionFiles['known']): readonly string[] {
  const known = withEntries(files, entries);
  const repeated = [...Map.groupBy(entries, ({ subject, id }) => `${subject} ${id}`).values()].filter((same) => same.length > 1).map(([first]) => `${first?.origin ?? ''} ${first?.id ?? ''} is listed twice`);
  return [
    ...entries.flatMap((entry) => faultsOfEntry(entry, known).map(({ element, fault }) => `${entry.origin} ${entry.id} at ${element}: ${fault}`)),
    ...repeated,
    ...collisionsOf(entries.map((entry) => datedOf(entry, known))).map(({ sentence }) => sentence),
  ];
}

function certificateFaults(certificates: readonly Certificate[], { known, scopes, entries }: { readonly known: RecognitionFiles['known']; readonly scopes: Scopes; readonly entries: readonly Entry[] }): readonly string[] {
  const file = fileName('certificates.json');
  const { rows } = withEntries(known, entries);
  const twice = [...Map.groupBy(certificates, ({ id }) => id).values()].filter((same) => same.length > 1);
  return [
    ...certificates.filter(({ organization }) => !known.organizations.has(organization)).map(({ organization, item }) => `${file} certificate of ${organization} for ${item}: ${organization} is neither the institution of a source nor a member of a scope`),
    ...certificates.filter(({ item }) => !rows.has(item)).map(({ organization, item }) => `${file} certificate of ${organization} for ${item}: ${item} is no item of the catalogue`),
    ...certificates.filter(({ scope }) => !scopes.scopes.some(({ id }) => id === scope)).map(({ organization, item, scope }) => `${file} certificate of ${organization} for ${item}: ${scope} is no scope of ${fileName('scopes.json')}`),
    ...twice.map(([first]) => `${file} lists the certificate of ${first?.organization ?? ''} for ${first?.item ?? ''} by ${first?.programme ?? ''} from ${first?.valid.from ?? ''} twice`),
  ];
}
