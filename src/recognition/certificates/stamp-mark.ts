import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, readClaim, TAG_SYSTEM } from '../../terminology/index.ts';
import { districtDay } from '../catalogue/days.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { Mark } from '../rules/certificate.ts';
import { markOf } from './mark.ts';

/** Extension of a result: the mark that it carries, and by which certificate. Written by the exchange alone. */
export const MARK_URL = 'https://bund.example/StructureDefinition/recognition-mark';
/** Extension of a result: what its source claims of it, beside whether a certificate bears that out. */
export const CLAIM_URL = 'https://bund.example/StructureDefinition/mark-claim';

export interface Stamping {
  /** Logical id of the Organization whose system sent it; undefined: of none that is known. */
  readonly institution: string | undefined;
  readonly tables: RecognitionTables;
  readonly offsetMinutes: number | undefined;
}

/**
 * Puts the mark that a result has by the certificates in place of any that it came with, and notes what its source claims in the
 * test's name. The name stays as it was sent. Pure.
 */
export function stampMark(resource: Resource, stamping: Stamping): Resource {
  const bare = withoutStamps(resource);
  const added = stampsOf(bare, stamping);
  if (added.length === 0) return bare;
  const others: readonly JsonValue[] = isList(bare['extension']) ? bare['extension'] : [];
  return { ...bare, extension: [...others, ...added] };
}

/** What a source sends under the addresses of these extensions is nothing: also one that gives back what it was given. */
export function withoutStamps(resource: Resource): Resource {
  const { extension, ...rest } = resource;
  if (!isList(extension)) return resource;
  const others = extension.filter((one) => !isObject(one) || (one['url'] !== MARK_URL && one['url'] !== CLAIM_URL));
  if (others.length === extension.length) return resource;
  // Without the type it would be none of the resource's members that are named.
  return others.length === 0 ? { ...rest, resourceType: resource.resourceType } : { ...resource, extension: others };
}

function stampsOf(resource: Resource, stamping: Stamping): readonly JsonObject[] {
  switch (resource.resourceType) {
    case 'Observation': return stampsOfResult(resource, stamping);
    case 'ImagingStudy': return stampsOfExamination(resource, listOf(resource['procedureCode']), stamping);
    case 'DiagnosticReport': return stampsOfExamination(resource, [resource['code']], stamping);
    default: return [];
  }
}

function stampsOfResult(resource: Resource, stamping: Stamping): readonly JsonObject[] {
  const item = exactItemOf(resource);
  const mark = item === undefined ? undefined : markFor(resource, item, stamping);
  const claim = item !== undefined || isLaboratory(resource) ? claimOf(resource) : undefined;
  return [
    ...(mark === undefined ? [] : [markExtension(mark)]),
    ...(claim === undefined ? [] : [{ url: CLAIM_URL, extension: [
      { url: 'text', valueString: claim },
      // Of a test that nobody has mapped it cannot be said.
      ...(item === undefined ? [] : [{ url: 'certificate', valueBoolean: mark !== undefined }]),
    ] }]),
  ];
}

/** Reports of laboratories are about several items, each with a mark of its own. */
function stampsOfExamination(resource: Resource, concepts: readonly (JsonValue | undefined)[], stamping: Stamping): readonly JsonObject[] {
  const reportedAt = reportedAtOf(resource);
  if (reportedAt === undefined) return [];
  const day = districtDay(reportedAt, stamping.offsetMinutes);
  const ordered = stamping.tables.itemsOf(concepts.flatMap(codingsOf), day);
  if (ordered?.kind !== 'item' || stamping.tables.rowFor(ordered.item, day)?.kind !== 'imaging') return [];
  const mark = markFor(resource, ordered.item, stamping);
  return mark === undefined ? [] : [markExtension(mark)];
}

function markFor(resource: Resource, item: string, { institution, tables, offsetMinutes }: Stamping): Mark | undefined {
  const organization = performerOf(resource, tables) ?? institution;
  const reportedAt = reportedAtOf(resource);
  if (organization === undefined || reportedAt === undefined) return undefined;
  const made = { organization, item, reportedAt, method: wordsOf(resource['method']), instrument: isObject(resource['device']) ? textOf(resource['device']['display']) || undefined : undefined };
  return markOf(tables.certificatesOf(organization, item), made, (id) => tables.scope(id), offsetMinutes);
}

/** The institution that the result names as having done it: it need not be the one whose system sent it. '' for one that nobody knows. */
function performerOf(resource: Resource, tables: RecognitionTables): string | undefined {
  const named = listOf(resource['performer']).flatMap((performer) => (isObject(performer) ? /^Organization\/([^/]+)$/.exec(textOf(performer['reference']))?.[1] ?? [] : []));
  return named.length === 0 ? undefined : named.find((id) => tables.levelOf(id) !== undefined) ?? '';
}

/** When it was reported, else when it was done; only times that Date can read count. */
function reportedAtOf({ issued, started, effectiveDateTime, effectiveInstant, effectivePeriod }: Resource): string | undefined {
  const period = isObject(effectivePeriod) ? [effectivePeriod['end'], effectivePeriod['start']] : [];
  return [issued, effectiveDateTime, effectiveInstant, ...period, started].map(textOf).find((text) => text !== '' && !Number.isNaN(Date.parse(text)));
}

/** A test that is only near the item is not what the certificate is about. */
function exactItemOf({ code, meta }: Resource): string | undefined {
  const isInexact = listOf(meta?.['tag']).some((tag) => isObject(tag) && tag['system'] === TAG_SYSTEM && tag['code'] === 'inexact-code');
  return isInexact ? undefined : codingsOf(code).find(({ system }) => system === ITEM_SYSTEM)?.code;
}

function claimOf({ code }: Resource): string | undefined {
  if (!isObject(code)) return undefined;
  const displays = listOf(code['coding']).flatMap((coding) => (isObject(coding) && coding['system'] !== ITEM_SYSTEM && coding['system'] !== LOINC_SYSTEM ? [textOf(coding['display'])] : []));
  return [textOf(code['text']), ...displays].map((name) => readClaim(name).claim).find((claim) => claim !== undefined);
}

function markExtension({ label, scope, certificate }: Mark): JsonObject {
  return { url: MARK_URL, extension: [{ url: 'label', valueString: label }, { url: 'scope', valueCode: scope }, { url: 'certificate', valueReference: { reference: `VerificationResult/${certificate}` } }] };
}

function codingsOf(concept: JsonValue | undefined): readonly { readonly system: string; readonly code: string }[] {
  return isObject(concept) ? listOf(concept['coding']).filter(isObject).map((coding) => ({ system: textOf(coding['system']), code: textOf(coding['code']) })) : [];
}

function isLaboratory({ category }: Resource): boolean {
  return listOf(category).flatMap(codingsOf).some(({ code }) => code === 'laboratory');
}

function wordsOf(concept: JsonValue | undefined): string | undefined {
  if (!isObject(concept)) return undefined;
  const display = listOf(concept['coding']).map((coding) => (isObject(coding) ? textOf(coding['display']) : '')).find((text) => text !== '');
  return textOf(concept['text']) || display;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : [];
}
