import fc from 'fast-check';
import type { CatalogueRow, Scope } from '../../../src/recognition/rules/catalogue-item.ts';
import { CIRCUMSTANCES, INSTITUTION_LEVELS, SCOPE_LEVELS } from '../../../src/recognition/rules/catalogue-item.ts';
import type { Certificate } from '../../../src/recognition/rules/certificate.ts';
import type { Institution, OrderItem, PriorResult } from '../../../src/recognition/rules/facts.ts';
import type { RecognitionQuestion } from '../../../src/recognition/rules/question.ts';

export const NOW = new Date('2026-11-20T02:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export function ago(ms: number): string {
  return new Date(NOW.getTime() - ms).toISOString();
}

export const SCOPES: ReadonlyMap<string, Scope> = new Map(([
  { id: 'cn', level: 'national', label: '全国HR' },
  { id: 'shanghai', level: 'city', label: '沪HR', parent: 'cn' },
  { id: 'huangpu', level: 'district', label: '黄浦HR', parent: 'shanghai' },
  { id: 'wuhan', level: 'city', label: '武汉HR', parent: 'cn' },
] as const).map((scope) => [scope.id, scope]));

/** A question whose answer is `recognise`; tests change one fact of it. */
export const ORDERING: Institution = { organization: 'org-a', level: 'secondary', scopes: ['huangpu', 'shanghai', 'cn'] };
export const PERFORMING: Institution = { organization: 'org-b', level: 'tertiary', scopes: ['huangpu', 'shanghai', 'cn'] };

export const ROW: CatalogueRow = {
  id: 'TC@2026', item: 'TC', kind: 'laboratory', zh: '总胆固醇', en: 'Total cholesterol', group: 'lipids', codes: [],
  specimens: ['serum', 'plasma'], window: { days: 30, anchor: 'collected' }, scope: 'city', exclusions: [], isEnabled: true, effective: { from: '2026-01-01' },
};
export const CHEST_CT: CatalogueRow = {
  ...ROW, id: 'CT-CHEST@2026', item: 'CT-CHEST', kind: 'imaging', zh: '胸部CT平扫', en: 'CT of the chest', specimens: [],
  examined: { modality: 'CT', bodySite: 'chest', contrast: 'without' }, window: { days: 30, anchor: 'effective' },
};

export const ORDER: OrderItem = {
  item: 'TC', orderedBy: ORDERING, specimen: undefined, bodySite: undefined, laterality: undefined, contrast: undefined, method: undefined, circumstances: [],
};
export const PRIOR: PriorResult = {
  reference: 'Observation/o1', version: 1, report: 'DiagnosticReport/r1', patient: 'p1', grade: 'certain', kind: 'result', item: 'TC', isExact: true,
  statuses: ['final', 'final'], specimen: 'serum', bodySite: undefined, laterality: undefined, contrast: undefined, modality: undefined,
  method: undefined, instrument: undefined, unit: 'common', collectedAt: ago(10 * DAY_MS), effectiveAt: ago(10 * DAY_MS), issuedAt: ago(9 * DAY_MS),
  performer: PERFORMING, hasImages: false,
};
export const CERTIFICATE: Certificate = {
  id: 'c1', organization: 'org-b', item: 'TC', method: undefined, instrument: undefined, scope: 'shanghai', organiser: 'centre', programme: 'lipids',
  rounds: [{ round: '2026-1', score: 100 }], valid: { from: '2026-01-01', to: '2026-12-31' }, recalled: undefined,
};
export const QUESTION: RecognitionQuestion = {
  order: ORDER, prior: PRIOR, row: ROW, certificates: [CERTIFICATE], scopes: SCOPES, consent: 'permitted', offsetMinutes: 480,
};

/** Mostly the first: a question in which everything is odd fails at every gate and so checks none. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others, usual) });
}

/** Around the ends of windows and of days, where off-by-one mistakes live; and anywhere. */
const age = fc.oneof(
  fc.tuple(fc.constantFrom(0, 1, 3, 6, 7, 29, 30, 31), fc.constantFrom(-HOUR_MS, -1000, -1, 0, 1, 1000, HOUR_MS, 12 * HOUR_MS)).map(([days, more]) => days * DAY_MS + more),
  fc.constantFrom(-5 * 60_000 - 1, -5 * 60_000, -60_000),
  fc.integer({ min: -DAY_MS, max: 60 * DAY_MS }),
);
const time = fc.oneof({ weight: 9, arbitrary: fc.tuple(age, fc.boolean()).map(([ms, isLocal]) => (isLocal ? local(ms) : ago(ms))) }, { weight: 1, arbitrary: fc.constant(undefined) });

/** The same instant, written as a hospital writes it. */
function local(ms: number): string {
  return new Date(NOW.getTime() - ms + 8 * HOUR_MS).toISOString().replace('Z', '+08:00');
}

const day = fc.oneof(fc.constant(undefined), age.map((ms) => ago(ms).slice(0, 10)));
const days = fc.record({ from: fc.oneof({ weight: 3, arbitrary: fc.constant('2026-01-01') }, { weight: 1, arbitrary: day }), to: fc.oneof({ weight: 2, arbitrary: fc.constant('2026-12-31') }, { weight: 1, arbitrary: day }) });
const level = fc.constantFrom(...INSTITUTION_LEVELS);
const scopesOfInstitution = mostly<readonly string[]>(['huangpu', 'shanghai', 'cn'], ['shanghai', 'cn'], ['wuhan', 'cn'], ['cn'], []);

const order: fc.Arbitrary<OrderItem> = fc.record({
  item: mostly<string | undefined>('TC', 'TG', undefined),
  orderedBy: fc.record({ organization: mostly('org-a', 'org-b'), level, scopes: scopesOfInstitution }),
  specimen: mostly<string | undefined>(undefined, 'serum', 'urine'),
  bodySite: mostly<string | undefined>(undefined, 'chest', 'head'),
  laterality: mostly<string | undefined>(undefined, 'left', 'right'),
  contrast: mostly<'with' | 'without' | undefined>(undefined, 'with', 'without'),
  method: mostly<string | undefined>('enzymatic', 'immunoassay', undefined),
  circumstances: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...CIRCUMSTANCES]) }),
});

const prior: fc.Arbitrary<PriorResult> = fc.record({
  reference: fc.constant('Observation/o1'), version: fc.constant(1), report: fc.constant(undefined), patient: fc.constant('p1'),
  grade: mostly('certain', 'probable', 'possible', 'not'),
  kind: mostly('result', 'conclusion'),
  item: mostly<string | undefined>('TC', 'TG', undefined),
  isExact: mostly(true, false),
  statuses: mostly<readonly string[]>(['final'], ['amended', 'final'], ['corrected'], ['preliminary'], ['final', 'preliminary'], ['entered-in-error'], []),
  specimen: mostly<string | undefined>('serum', 'plasma', 'urine', undefined),
  bodySite: mostly<string | undefined>('chest', 'head', undefined),
  laterality: mostly<string | undefined>(undefined, 'left', 'right'),
  contrast: mostly<'with' | 'without' | undefined>('without', 'with', undefined),
  modality: mostly<string | undefined>('DX', 'CR', 'CT', undefined),
  method: mostly<string | undefined>('enzymatic', 'Enzymatic', 'immunoassay', undefined),
  instrument: mostly<string | undefined>('cobas', 'other', undefined),
  unit: mostly<PriorResult['unit']>('common', 'converted', 'unknown', 'none'),
  collectedAt: time, effectiveAt: time, issuedAt: time,
  performer: fc.oneof({ weight: 12, arbitrary: fc.record({ organization: mostly('org-b', 'org-a'), level, scopes: scopesOfInstitution }) }, { weight: 1, arbitrary: fc.constant(undefined) }),
  hasImages: mostly(true, false),
});

const levels = fc.subarray([...INSTITUTION_LEVELS]);
const row: fc.Arbitrary<CatalogueRow> = fc.record({
  id: fc.constant('TC@2026'), item: fc.constant('TC'), kind: mostly<CatalogueRow['kind']>('laboratory', 'imaging'), zh: fc.constant('总胆固醇'), en: fc.constant('Total cholesterol'),
  group: fc.constant('lipids'), codes: fc.constant([]),
  specimens: mostly<readonly string[]>(['serum', 'plasma'], ['serum'], []),
  examined: fc.oneof(fc.constant(undefined), fc.record({ modality: mostly('DX', 'CR', 'CT'), bodySite: mostly('chest', 'head'), isLateral: mostly<true | undefined>(undefined, true), contrast: mostly<'with' | 'without' | undefined>(undefined, 'without', 'with') })),
  isMethodSpecific: mostly<true | undefined>(undefined, true),
  window: fc.record({ days: fc.constantFrom(0, 1, 7, 30), anchor: fc.constantFrom('collected', 'effective', 'issued') }),
  scope: fc.constantFrom(...SCOPE_LEVELS),
  accepts: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.record({ community: levels, secondary: levels, tertiary: levels }, { requiredKeys: [] }) }),
  exclusions: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...CIRCUMSTANCES]) }),
  isVolatile: fc.constant(undefined),
  isConfidential: mostly<true | undefined>(undefined, true),
  isEnabled: mostly(true, false),
  effective: days,
});

const round = fc.record({ round: fc.constantFrom('2026-1', '2026-2', '2026-3'), score: mostly(100, 80, 79, 60, 0) });
const certificate: fc.Arbitrary<Certificate> = fc.record({
  id: fc.constantFrom('c1', 'c2', 'c3', 'c4'), organization: mostly('org-b', 'org-a', 'org-c'), item: mostly('TC', 'TG'),
  method: mostly<string | undefined>(undefined, 'enzymatic', 'immunoassay'), instrument: mostly<string | undefined>(undefined, 'cobas'),
  scope: mostly('shanghai', 'cn', 'huangpu', 'wuhan', 'nowhere'), organiser: fc.constant('centre'), programme: fc.constant('lipids'),
  rounds: fc.array(round, { maxLength: 4 }), valid: days,
  recalled: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: age.map((ms) => ({ at: ago(ms), reason: 'instrument changed' })) }),
});

export const anyQuestion: fc.Arbitrary<RecognitionQuestion> = fc.record({
  order, prior,
  row: fc.oneof({ weight: 15, arbitrary: row }, { weight: 1, arbitrary: fc.constant(undefined) }),
  certificates: fc.array(certificate, { maxLength: 4 }),
  scopes: fc.constant(SCOPES),
  consent: mostly<'permitted' | 'refused'>('permitted', 'refused'),
  offsetMinutes: mostly(480, 0, -300),
});
