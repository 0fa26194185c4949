import { addDays, yearsBetween } from './calendar.ts';
import { INSTITUTIONS, type Institution, institutionOf } from './institutions.ts';
import { EXAMINATIONS, type Examination, PANELS, type Panel } from './orders.ts';
import { createRandom, type Random } from './random.ts';
import type { DistrictOptions, Resident } from './residents.ts';

/** One visit to one institution, and what was ordered there. */
export interface Visit {
  readonly institution: Institution;
  /** Counts the resident's visits, from 1. */
  readonly number: number;
  readonly day: string;
  /** Code of v3 ActCode. */
  readonly kind: 'AMB' | 'EMER' | 'IMP';
  readonly panels: readonly Panel[];
  readonly examination: Examination | undefined;
  /** Name under which the institution knows the resident: another one on a borrowed card or before a change of name. */
  readonly name: string;
  readonly showsDocument: boolean;
  /** True where the laboratory ran the samples of this visit again: the same records, corrected. */
  readonly isCorrection: boolean;
}

const PERIOD_DAYS = 365;
/** What is ordered for children. */
const CHILD_PANELS = ['CBC', 'INF', 'LFT', 'ELE'];
/** How many institutions residents go to. */
const SPREAD = [[1, 40], [2, 32], [3, 20], [4, 8]] as const;

/** The visits of a resident in the year up to `options.until`, oldest first. */
export function visitsOf(resident: Resident, options: DistrictOptions): readonly Visit[] {
  const random = createRandom(options.seed, 'visits', resident.index);
  const chosen = institutionsFor(resident, random);
  const visitsTo = (): number => (resident.case === 'many-institutions' ? 1 : random.weighted([[1, 5], [2, 3], [3, 1]]));
  const days = chosen.flatMap((institution) => Array.from({ length: visitsTo() }, () => ({ institution, day: dayFor(resident, random, options) })));
  days.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const visits = days.map(({ institution, day }, at): Visit => ({
    institution,
    day,
    number: at + 1,
    kind: random.weighted([['AMB', 8], ['EMER', 1], ['IMP', 1]] as const),
    panels: panelsFor(resident, day, random),
    examination: random.chance(institution.imagingShare) && isAdult(resident, day) ? random.pick(EXAMINATIONS) : undefined,
    name: nameAt(resident, institution, chosen),
    showsDocument: resident.case !== 'ordinary' || !random.chance(institution.anonymousShare),
    isCorrection: false,
  }));
  return resident.case === 'corrected-report' ? visits.flatMap((visit) => [visit, { ...visit, isCorrection: true }]) : visits;
}

function isAdult(resident: Resident, day: string): boolean {
  return yearsBetween(resident.birthDate, day) >= 18;
}

/** The institutions that a case needs to show what it is about; chance decides for everybody else. */
function institutionsFor(resident: Resident, random: Random): readonly Institution[] {
  switch (resident.case) {
    case 'many-institutions': return ['hospital-a', 'hospital-b', 'hospital-d', 'community-e'].map(institutionOf);
    case 'borrowed-card': return ['community-e', 'hospital-b'].map(institutionOf);
    case 'legacy-id': return ['hospital-a', 'hospital-c'].map(institutionOf);
    case 'renamed': return ['community-f', 'hospital-a'].map(institutionOf);
    case 'newborn': return [institutionOf('hospital-a')];
    case 'corrected-report': return [institutionOf('hospital-b')];
    default: return someInstitutions(random, random.weighted(SPREAD));
  }
}

function someInstitutions(random: Random, count: number): readonly Institution[] {
  const left = [...INSTITUTIONS];
  return Array.from({ length: count }, () => {
    const picked = random.weighted(left.map((institution) => [institution, institution.weight] as const));
    left.splice(left.indexOf(picked), 1);
    return picked;
  });
}

function dayFor(resident: Resident, random: Random, options: DistrictOptions): string {
  const day = addDays(options.until, -random.int(0, PERIOD_DAYS - 1));
  return day > resident.birthDate ? day : addDays(resident.birthDate, 1);
}

/** The resident with many institutions has the same panels everywhere, so that there is something to compare. */
function panelsFor(resident: Resident, day: string, random: Random): readonly Panel[] {
  if (resident.case === 'many-institutions') return PANELS.filter((panel) => ['RFT', 'LIP', 'GLU'].includes(panel.key));
  const wanted = random.weighted([[1, 5], [2, 4], [3, 2]]);
  const left = PANELS.filter((panel) => isAdult(resident, day) || CHILD_PANELS.includes(panel.key));
  return Array.from({ length: wanted }, () => {
    const picked = random.weighted(left.map((panel) => [panel, panel.weight] as const));
    left.splice(left.indexOf(picked), 1);
    return picked;
  });
}

/** On a borrowed card the second institution wrote down who really came; a new name is known only where the resident went last. */
function nameAt(resident: Resident, institution: Institution, chosen: readonly Institution[]): string {
  const isFirst = institution === chosen[0];
  if (resident.formerName !== undefined && isFirst) return resident.formerName;
  if (resident.cardBorrower !== undefined && !isFirst) return resident.cardBorrower;
  return resident.name;
}
