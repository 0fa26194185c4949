import type { ModelData } from '../model.ts';

/**
 * Where learning starts from, and what holds for levels that the data hardly show. Estimates; what is learned replaces
 * them as far as there are records.
 */
export const STARTING_MODEL: ModelData = {
  about: [],
  thresholds: { certain: 9, probable: 1, possible: -6 },
  priors: { stranger: -20, household: -1 },
  name: {
    byFrequency: {
      exact: { person: 0.9, household: 0.002 }, former: { person: 0.004, household: 0.0005 }, homophone: { person: 0.02, household: 0.002 }, 'look-alike': { person: 0.005, household: 0.002 },
      pinyin: { person: 0.03, household: 0.002 }, swapped: { person: 0.002, household: 0.0002 }, nickname: { person: 0.001, household: 0.0002 }, 'one-character': { person: 0.005, household: 0.1 },
      typo: { person: 0.001, household: 0.001 }, partial: { person: 0.002, household: 0.002 }, placeholder: { person: 0.002, household: 0.0005 },
    },
    levels: {
      scripts: { person: 0.001, stranger: 0.02, household: 0.001 }, unnamed: { person: 0.003, stranger: 0.003, household: 0.005 }, 'family-only': { person: 0.004, stranger: 0.03, household: 0.5 },
      'other-child': { person: 0.0001, stranger: 0.0001, household: 0.001 }, differs: { person: 0.002, stranger: 0.95, household: 0.4 },
    },
  },
  fields: {
    residentId: {
      same: { person: 0.97, stranger: 1e-7, household: 0.002 }, typo: { person: 0.02, stranger: 1e-4, household: 1e-3 }, unclear: { person: 0.003, stranger: 0.02, household: 0.02 },
      'other-kind': { person: 0.001, stranger: 0.02, household: 0.002 }, differs: { person: 0.002, stranger: 0.96, household: 0.97 },
    },
    otherId: { same: { person: 0.9, stranger: 1e-7, household: 0.001 }, differs: { person: 0.1, stranger: 0.9999, household: 0.999 } },
    birthDate: {
      exact: { person: 0.96, stranger: 4e-5, household: 0.01 }, lunar: { person: 0.005, stranger: 5e-5, household: 1e-4 }, swapped: { person: 0.002, stranger: 2e-5, household: 5e-5 },
      digit: { person: 0.01, stranger: 7e-4, household: 0.002 }, 'year-month': { person: 0.001, stranger: 1e-4, household: 1e-4 }, year: { person: 0.005, stranger: 5e-4, household: 5e-4 }, differs: { person: 0.004, stranger: 0.99, household: 0.98 },
    },
    sex: { same: { person: 0.99, stranger: 0.5, household: 0.45 }, differs: { person: 0.01, stranger: 0.5, household: 0.55 } },
    phone: {
      same: { person: 0.7, stranger: 1e-6, household: 0.2 }, landline: { person: 0.02, stranger: 1e-5, household: 0.02 }, digit: { person: 0.01, stranger: 1e-6, household: 0.002 }, differs: { person: 0.25, stranger: 0.99, household: 0.75 },
    },
    address: {
      same: { person: 0.55, stranger: 2e-6, household: 0.5 }, building: { person: 0.25, stranger: 1e-5, household: 0.25 }, road: { person: 0.01, stranger: 0.005, household: 0.01 },
      district: { person: 0.15, stranger: 0.6, household: 0.15 }, differs: { person: 0.04, stranger: 0.4, household: 0.09 },
    },
    guardian: { same: { person: 0.6, stranger: 1e-5, household: 0.55 }, similar: { person: 0.02, stranger: 1e-4, household: 0.02 }, differs: { person: 0.38, stranger: 0.99, household: 0.43 } },
  },
  frequencies: { surnames: {}, given: {}, characters: {}, rare: { surname: 1e-4, character: 1e-3, givenPinyin: 2e-4, word: 0.01, latin: 0.01 } },
};
