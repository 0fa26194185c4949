import type { Gate } from '../../../src/recognition/rules/assessment.ts';
import type { Certificate } from '../../../src/recognition/rules/certificate.ts';
import type { RecognitionQuestion } from '../../../src/recognition/rules/question.ts';

/**
 * The rules once more, as naively as they can be written from the prose of docs/flows/recognise.md and of the measure on mutual
 * recognition, without a line of the code that it checks: one long list of ifs over epoch milliseconds.
 */
export function oracle(q: RecognitionQuestion, now: number): { verdict: string; failed: Set<Gate>; validUntil: number | undefined } {
  const failed = new Set<Gate>();
  const { order, prior, row, consent } = q;

  const alike = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();

  if (prior.grade !== 'certain') failed.add('identity');
  if (consent !== 'permitted') failed.add('consent');
  if (row?.isConfidential && (!prior.performer || prior.performer.organization !== order.orderedBy.organization)) failed.add('consent');
  if (prior.kind === 'conclusion') failed.add('conclusion');

  let complete = 0;
  for (const s of prior.statuses) if (s === 'final' || s === 'amended' || s === 'corrected') complete++;
  if (complete === 0 || complete !== prior.statuses.length) failed.add('status');

  const sameItem = order.item !== undefined && prior.item !== undefined && order.item === prior.item;
  if (!(sameItem && prior.isExact)) failed.add('code');

  if (row && row.kind === 'laboratory') {
    const equalClasses = new Set(row.specimens);
    if (prior.specimen === undefined || !equalClasses.has(prior.specimen)) failed.add('specimen-site');
    if (order.specimen !== undefined && !equalClasses.has(order.specimen)) failed.add('specimen-site');
  } else {
    if (row?.examined) {
      const m = prior.modality ?? '?';
      const want = row.examined.modality;
      const xray = (x: string): boolean => x === 'DX' || x === 'CR';
      if (!(m === want || (xray(m) && xray(want)))) failed.add('specimen-site');
      if (prior.bodySite !== row.examined.bodySite) failed.add('specimen-site');
      if (row.examined.isLateral && (!prior.laterality || !order.laterality)) failed.add('specimen-site');
      if (row.examined.contrast && row.examined.contrast !== prior.contrast) failed.add('specimen-site');
    }
    for (const name of ['specimen', 'bodySite', 'laterality', 'contrast'] as const) {
      if (order[name] !== undefined && order[name] !== prior[name]) failed.add('specimen-site');
    }
  }

  if (row?.isMethodSpecific && !alike(order.method, prior.method)) failed.add('method');
  if (prior.unit === 'unknown') failed.add('unit');
  if (row?.kind === 'imaging' && !prior.hasImages) failed.add('images');

  const day = (ms: number): string => {
    const local = new Date(ms + q.offsetMinutes * 60000);
    return `${String(local.getUTCFullYear()).padStart(4, '0')}-${String(local.getUTCMonth() + 1).padStart(2, '0')}-${String(local.getUTCDate()).padStart(2, '0')}`;
  };
  const today = day(now);
  if (!row) failed.add('catalogue');
  else {
    if (!row.isEnabled || row.window.days < 1) failed.add('catalogue');
    if (row.effective.from && today < row.effective.from) failed.add('catalogue');
    if (row.effective.to && today > row.effective.to) failed.add('catalogue');
  }

  const ms = (t: string | undefined): number => (t === undefined ? NaN : Date.parse(t));
  const c = ms(prior.collectedAt);
  const e = ms(prior.effectiveAt);
  const i = ms(prior.issuedAt);

  const reported = [i, e, c].find((t) => !Number.isNaN(t));
  const good = (cert: Certificate): boolean => {
    if (cert.organization !== prior.performer?.organization) return false;
    if (cert.item !== prior.item) return false;
    if (cert.method && !alike(cert.method, prior.method)) return false;
    if (cert.instrument && prior.instrument && !alike(cert.instrument, prior.instrument)) return false;
    if (reported === undefined) return false;
    if (cert.valid.from && day(reported) < cert.valid.from) return false;
    if (cert.valid.to && day(reported) > cert.valid.to) return false;
    if (cert.recalled && (Date.parse(cert.recalled.at) <= reported || Date.parse(cert.recalled.at) <= now)) return false;
    const n = cert.rounds.length;
    const bad = [n - 3, n - 2, n - 1].filter((k) => k >= 0 && (cert.rounds[k]?.score ?? 0) < 80);
    if (bad.length > 1 || bad.length === Math.min(n, 3)) return false;
    const scope = q.scopes.get(cert.scope);
    if (!scope || !order.orderedBy.scopes.some((s) => s === scope.id)) return false;
    const rank = { national: 5, province: 4, city: 3, district: 2, consortium: 1 };
    return !row || rank[scope.level] >= rank[row.scope];
  };
  let hasMark = false;
  for (const cert of q.certificates) if (good(cert)) hasMark = true;
  if (!hasMark) failed.add('quality-mark');

  const all = [c, e, i].filter((t) => !Number.isNaN(t));
  if (all.length === 0) failed.add('time');
  if (all.some((t) => t - now > 300000)) failed.add('time');

  const wanted = row ? row.window.anchor : 'collected';
  const sequence = wanted === 'collected' ? [c, e, i] : wanted === 'effective' ? [e, c, i] : [i, c, e];
  const anchor = sequence.find((t) => !Number.isNaN(t));
  let validUntil: number | undefined;
  if (anchor !== undefined && row && row.window.days >= 1) {
    validUntil = anchor + row.window.days * 24 * 3600 * 1000;
    if (now > validUntil) failed.add('window');
  }

  const height = { community: 1, secondary: 2, tertiary: 3 };
  if (!prior.performer) failed.add('level');
  else {
    const policy = row?.accepts?.[order.orderedBy.level];
    if (policy) {
      if (!policy.includes(prior.performer.level)) failed.add('level');
    } else if (height[prior.performer.level] < height[order.orderedBy.level]) failed.add('level');
  }

  for (const circumstance of row?.exclusions ?? []) if (order.circumstances.includes(circumstance)) failed.add('excluded');

  const verdict = failed.has('consent') || failed.has('identity') ? 'hidden' : failed.size > 0 ? 'view-only' : 'recognise';
  return { verdict, failed, validUntil };
}
