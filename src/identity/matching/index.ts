/** Which records are of one person, as a pure question over two of them. */
export { FIELDS, GRADES, type Field, type FieldComparison, type Grade, type Judgement } from './judgement.ts';
export { featuresOf, type Features } from './features.ts';
export { blockingKeys } from './blocking-keys.ts';
export { judge } from './judge.ts';
export { MatchModelError, parseMatchModel, type MatchModel } from './model.ts';
export { loadMatchModel } from './load-match-model.ts';
export { learnModel, type LearningOptions } from './learn/learn-model.ts';
