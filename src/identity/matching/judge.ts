import type { Features } from './features.ts';
import { FIELDS, type Judgement } from './judgement.ts';
import type { MatchModel } from './model.ts';

/** Whether two records are of one person. */
export function judge(a: Features, b: Features, model: MatchModel): Judgement {
  const fields = FIELDS.map((field) => ({ field, level: 'missing', weight: 0 }));
  const sameId = a.residentIds.some((id) => b.residentIds.includes(id));
  const sameName = a.name !== '' && a.name === b.name;
  if (sameId) return sameName ? { grade: 'certain', rule: 'resident-id', score: 40, fields } : { grade: 'probable', rule: 'lent-card', score: 20, fields };
  if (a.residentIds.length > 0 && b.residentIds.length > 0) return { grade: 'not', rule: 'contradiction', score: -20, fields };
  const score = sameName && a.birthDate !== '' && a.birthDate === b.birthDate ? model.thresholds.certain : -10;
  return { grade: score >= model.thresholds.certain ? 'certain' : 'not', rule: 'weights', score, fields };
}
