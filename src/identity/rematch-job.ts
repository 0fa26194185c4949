export const REMATCH_JOB_TYPE = 'RematchJob';
export const REMATCH_MODEL_TYPE = 'MatchModel';
