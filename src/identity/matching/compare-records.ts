import { compareAddresses } from './addresses.ts';
import { surestBirthLevel } from './birth-date.ts';
import { compareNames } from './compare-name.ts';
import type { Features } from './features.ts';
import { compareOtherIds, compareResidentIds } from './identifiers.ts';
import type { Comparison, LevelOf } from './levels.ts';
import type { Name } from './names/name.ts';
import { comparePhones } from './phones.ts';

/** How two records compare, field by field, and the names by which they do. */
export interface ComparedRecords { readonly levels: Comparison; readonly names: readonly [Name, Name] | undefined }

export function compareRecords(a: Features, b: Features): ComparedRecords {
  const name = compareNames(a.names, b.names);
  return {
    names: name.names,
    levels: {
      residentId: compareResidentIds(a, b),
      otherId: compareOtherIds(a, b),
      name: name.level,
      birthDate: surestBirthLevel(a.birthDates, b.birthDates),
      sex: a.sex === undefined || b.sex === undefined ? 'missing' : a.sex === b.sex ? 'same' : 'differs',
      phone: comparePhones(a.phones, b.phones),
      address: compareAddresses(a.addresses, b.addresses),
      guardian: compareGuardians(a.guardians, b.guardians),
    },
  };
}

/** That two records name different guardians says little: one may be the mother and one the father. */
function compareGuardians(a: readonly Name[], b: readonly Name[]): LevelOf<'guardian'> {
  const { level } = compareNames(a, b);
  if (level === 'missing' || level === 'scripts' || level === 'unnamed') return 'missing';
  if (level === 'exact' || level === 'pinyin' || level === 'former') return 'same';
  return level === 'differs' || level === 'family-only' || level === 'partial' ? 'differs' : 'similar';
}
