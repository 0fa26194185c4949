import type { Issue } from '../../fhir/outcome.ts';
import { isAcceptable } from '../../fhir/outcome.ts';
import { hasResidentId } from '../../identity/index.ts';
import type { UnreadableMessage } from '../../normalize/index.ts';
import { NO_ENTRY, withOrigin } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { demandedProfile } from '../demanded-profile.ts';
import type { EntryResult } from '../plan-entries.ts';
import type { PreparedEntry, PreparedMessage } from '../prepare-message.ts';
import type { Format, SourceMessage } from '../records.ts';
import type { Source } from '../source.ts';

/** `withheld`: right by itself, in a message that is refused as a whole. */
type RehearsedOutcome = EntryResult['outcome'] | 'refused' | 'withheld';

/** What would become of one record of the message. */
export interface RehearsedEntry {
  /** Where it stands in the message, in the words of the sender where the format has its own. */
  readonly place: string;
  readonly type: string;
  readonly outcome: RehearsedOutcome;
  /** Canonical of the profile that it is held against besides R4. */
  readonly profile: string | undefined;
}

/** What a push of this message would do now. */
export interface RehearsalReport {
  readonly source: string;
  readonly format: Format;
  readonly bytes: number;
  readonly wouldBe: 'accepted' | 'partly' | 'refused';
  /** As its sender names it; absent where it says nothing: its content is its name then. */
  readonly messageId: string | undefined;
  /** When its sender says that it was sent. */
  readonly saidAt: string | undefined;
  readonly kind: SourceMessage['kind'];
  readonly entryCount: number;
  readonly counts: Readonly<Partial<Record<RehearsedOutcome, number>>>;
  /** The first thousand. */
  readonly entries: readonly RehearsedEntry[];
  /** What refuses it, and what is remarked besides; the first thousand. */
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  /** Codes and units that no table maps, and how often they come: they would be stored as they are, marked. */
  readonly unmapped: readonly (SourceMessage['unmapped'][number] & { readonly count: number })[];
  /** `identified`: with a resident ID, by which records of different institutions are joined. Whether there are others is nobody's business here. */
  readonly patients: { readonly count: number; readonly identified: number };
  readonly milliseconds: number;
  /** Of an HL7 v2 body of several messages: how many there are, how many were rehearsed, and what would become of those. Places begin with the number of the message. */
  readonly messages?: { readonly count: number; readonly rehearsed: number; readonly accepted: number; readonly partly: number; readonly refused: number };
}

interface Rehearsed {
  readonly about: Pick<RehearsalReport, 'source' | 'format' | 'bytes' | 'messageId'>;
  readonly source: Source;
  readonly prepared: PreparedMessage;
  readonly results: readonly EntryResult[];
}

const MOST_LISTED = 1_000;

export function reportOf(services: Services, { about, source, prepared, results }: Rehearsed, milliseconds: number): RehearsalReport {
  const { faults, accepted, kind, entryCount, saidAt } = prepared;
  const entries = entriesOf(source, prepared, results);
  const issues = [...faults.map(({ issue }) => issue), ...prepared.remarks, ...prepared.entries.flatMap((entry) => remarksOn(services, source, entry))];
  const patients = prepared.entries.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === 'Patient');
  const acceptance = faults.length === 0 ? 'accepted' : 'partly';
  return {
    ...about, kind, entryCount, saidAt,
    wouldBe: accepted.length === 0 ? 'refused' : acceptance,
    counts: countsOf(entries),
    entries: entries.slice(0, MOST_LISTED),
    issues: issues.slice(0, MOST_LISTED),
    issueCount: issues.length,
    unmapped: unmappedOf(prepared.entries),
    patients: { count: patients.length, identified: patients.filter(hasResidentId).length },
    milliseconds: Math.round(milliseconds),
  };
}

/** The report of a body that is not of its format at all. */
export function reportOfUnreadable(about: Pick<RehearsalReport, 'source' | 'format' | 'bytes'>, { reason, message }: UnreadableMessage, milliseconds: number): RehearsalReport {
  const issues: Issue[] = [{ severity: 'fatal', code: reason === 'syntax' ? 'structure' : 'too-long', diagnostics: message }];
  return {
    ...about, wouldBe: 'refused', messageId: undefined, saidAt: undefined, kind: undefined, entryCount: 0, counts: {}, entries: [], issues, issueCount: 1, unmapped: [],
    patients: { count: 0, identified: 0 }, milliseconds: Math.round(milliseconds),
  };
}

/** @param reports of the first messages of a batch, each rehearsed by itself; @param count of all */
export function reportOfBatch(about: Pick<RehearsalReport, 'source' | 'format' | 'bytes' | 'messageId'>, reports: readonly RehearsalReport[], count: number, milliseconds: number): RehearsalReport {
  const of = (outcome: RehearsalReport['wouldBe']): number => reports.filter(({ wouldBe }) => wouldBe === outcome).length;
  const [accepted, partly, refused] = [of('accepted'), of('partly'), of('refused')];
  const place = (at: number, text: string | undefined): string => `message ${at + 1}${text === undefined ? '' : ` ${text}`}`;
  const sum = (part: (report: RehearsalReport) => number): number => reports.reduce((total, report) => total + part(report), 0);
  const acceptance = accepted === 0 && partly === 0 && count > 0 ? 'refused' : 'partly';
  return {
    ...about,
    wouldBe: accepted === reports.length ? 'accepted' : acceptance,
    saidAt: undefined,
    kind: 'hl7v2',
    entryCount: sum(({ entryCount }) => entryCount),
    counts: summed(reports.flatMap(({ counts }) => Object.entries(counts))),
    entries: reports.flatMap(({ entries }, at) => entries.map((entry) => ({ ...entry, place: place(at, entry.place) }))).slice(0, MOST_LISTED),
    issues: reports.flatMap(({ issues }, at) => issues.map((issue) => ({ ...issue, location: place(at, issue.location) }))).slice(0, MOST_LISTED),
    issueCount: sum(({ issueCount }) => issueCount),
    unmapped: joined(reports.flatMap(({ unmapped }) => unmapped)),
    patients: { count: sum(({ patients }) => patients.count), identified: sum(({ patients }) => patients.identified) },
    milliseconds: Math.round(milliseconds),
    messages: { count, rehearsed: reports.length, accepted, partly, refused },
  };
}

function entriesOf(source: Source, { entries, faults }: PreparedMessage, results: readonly EntryResult[]): readonly RehearsedEntry[] {
  const outcomes = new Map<number, RehearsedOutcome>(results.map(({ index, outcome }) => [index, outcome]));
  const faulty = new Set(faults.map(({ entry }) => entry));
  const records = new Map(results.map(({ key, outcome }) => [`${key.type}/${key.id}`, outcome]));
  return entries.map(({ index, at, origin, resource }) => ({
    place: origin?.at ?? at,
    type: resource.resourceType,
    // Several entries may say parts of one record: the first stands for all.
    outcome: (index === NO_ENTRY ? undefined : outcomes.get(index)) ?? (faulty.has(index) ? 'refused' : records.get(`${resource.resourceType}/${resource.id}`) ?? 'withheld'),
    profile: demandedProfile(resource, source),
  }));
}

function countsOf(entries: readonly RehearsedEntry[]): RehearsalReport['counts'] {
  return summed(entries.map(({ outcome }) => [outcome, 1] as const));
}

function summed(counts: Iterable<readonly [string, number]>): RehearsalReport['counts'] {
  const sums: Record<string, number> = {};
  for (const [outcome, count] of counts) sums[outcome] = (sums[outcome] ?? 0) + count;
  return sums;
}

/** What is no fault, and yet worth a look before the first real message. */
function remarksOn({ fhir }: Services, source: Source, entry: PreparedEntry): readonly Issue[] {
  const profile = demandedProfile(entry.resource, source);
  const issues = fhir.validate(entry.resource, { at: entry.at, ...(profile === undefined ? {} : { profiles: [profile] }) });
  return issues.filter((issue) => isAcceptable([issue])).map((issue) => withOrigin({ entry: entry.index, issue }, entry).issue);
}

function unmappedOf(entries: readonly PreparedEntry[]): RehearsalReport['unmapped'] {
  return joined(entries.flatMap(({ gaps }) => gaps.map((gap) => ({ ...gap, count: 1 }))));
}

function joined(unmapped: RehearsalReport['unmapped']): RehearsalReport['unmapped'] {
  const found = new Map<string, RehearsalReport['unmapped'][number]>();
  for (const { count, ...gap } of unmapped) {
    const name = JSON.stringify(gap);
    found.set(name, { ...gap, count: (found.get(name)?.count ?? 0) + count });
  }
  return [...found.values()].slice(0, MOST_LISTED);
}
