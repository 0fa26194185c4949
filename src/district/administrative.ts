import type { Resource } from '../fhir/resource.ts';
import { USCC_SYSTEM } from '../fhir/validation/identifiers.ts';
import type { Source } from '../intake/source.ts';
import { atMinute } from './calendar.ts';
import type { Institution } from './institutions.ts';
import { createRandom } from './random.ts';
import { localIdentifier, type Part, partOf, refer } from './record.ts';
import { legacyId } from './resident-id.ts';
import type { Resident } from './residents.ts';
import type { Visit } from './visits.ts';

const IDENTIFIER_TYPES = 'http://terminology.hl7.org/CodeSystem/v2-0203';
/** Room for the numbers of one institution; the factor shares no divisor with it, so that no two residents meet. */
const NUMBERS = 10_000_000;
const STRIDE = 7919;

/** The number under which an institution keeps a resident. */
export function patientNumber(seed: string, institution: Institution, resident: Resident): string {
  const start = createRandom(seed, 'numbers', institution.source).int(0, NUMBERS - 1);
  return institution.patientNumber((start + resident.index * STRIDE) % NUMBERS);
}

export function organizationPart(institution: Institution, { organization }: Source): Part {
  return partOf(institution, organization.id, {
    resourceType: 'Organization',
    identifier: [{ use: 'official', system: USCC_SYSTEM, value: organization.uscc }],
    active: true,
    type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov', display: 'Healthcare Provider' }] }],
    name: organization.name,
  });
}

/** The patient record as this institution keeps it: its own number, and the resident's number where it was shown. */
export function patientPart(resident: Resident, visit: Visit, { number, source, organization }: { readonly number: string; readonly source: Source; readonly organization: Part }): Part {
  const patient: Resource = {
    resourceType: 'Patient',
    identifier: [
      { use: 'usual', type: { coding: [{ system: IDENTIFIER_TYPES, code: 'MR' }] }, system: source.patientNumberSystem, value: number },
      ...(resident.case === 'newborn' ? [{ use: 'temp', ...localIdentifier(visit.institution, 'newborn', `${number}-NB`) }] : documentOf(resident, visit)),
    ],
    active: true,
    name: [{ use: 'official', text: visit.name, family: visit.name.slice(0, 1), given: [visit.name.slice(1)] }],
    telecom: [{ system: 'phone', value: resident.phone, use: 'mobile' }],
    gender: resident.sex,
    birthDate: resident.birthDate,
    address: [{ use: 'home', text: `上海市黄浦区${resident.address}`, line: [resident.address], district: '黄浦区', city: '上海市', country: 'CN' }],
    managingOrganization: refer(organization),
  };
  return partOf(visit.institution, number, patient);
}

/** The resident's number, where it was shown. hospital-c never asked those whose card it copied before 1999 for the new one. */
export function documentOf(resident: Resident, { institution, showsDocument }: Visit): readonly Readonly<Record<string, string>>[] {
  if (resident.residentId === undefined || !showsDocument) return [];
  const isOld = resident.case === 'legacy-id' && institution.source === 'hospital-c';
  return [{ use: 'official', system: institution.residentIdSystem, value: isOld ? legacyId(resident.residentId) : resident.residentId }];
}

export function encounterPart(visit: Visit, number: string, { patient, organization }: { readonly patient: Part; readonly organization: Part }): Part {
  const local = `${number}-${visit.number}`;
  const minutes = visit.kind === 'IMP' ? 4 * 24 * 60 : 180;
  return partOf(visit.institution, local, {
    resourceType: 'Encounter',
    identifier: [localIdentifier(visit.institution, 'encounter', local)],
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: visit.kind },
    subject: refer(patient),
    period: { start: atMinute(visit.day, 8 * 60), end: atMinute(visit.day, 8 * 60 + minutes) },
    serviceProvider: refer(organization),
  });
}
