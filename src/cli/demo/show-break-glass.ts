import { BREAK_GLASS_POLICY } from '../../audit/index.ts';
import { type Resident, residentAt } from '../../district/residents.ts';
import { visitsOf } from '../../district/visits.ts';
import { bodyOf, diagnosticsOf, resourcesOf, UnexpectedAnswer } from './client.ts';
import { heading } from './print.ts';
import { resultsQuery } from './show-results.ts';
import type { Stage } from './stage.ts';

const REASON = '急诊昏迷，家属无法联系，需了解既往肾功能';

/** A clinician asks for a person whom their hospital does not know: first refused, then with the glass broken. */
export async function showBreakGlass(stage: Stage): Promise<void> {
  const stranger = strangerTo(stage);
  const query = resultsQuery(stranger);
  heading(`${stranger.name}, whom the clinician's hospital does not know`);
  console.log(`GET /fhir/${query}\n`);
  const refused = await stage.clinician.get(`/fhir/${query}`);
  if (refused.status !== 403) throw new UnexpectedAnswer(`A stranger's results were answered ${refused.status} instead of 403`);
  console.log(`Without a care relation: 403, ${diagnosticsOf(refused.body).join(' ')}`);
  const opened = await stage.clinician.get(`/fhir/${query}`, { 'x-break-glass-reason': encodeURIComponent(REASON), 'x-purpose-of-use': 'ETREAT' });
  const results = resourcesOf(bodyOf('The broken glass', opened)).filter((resource) => resource['resourceType'] === 'Observation');
  console.log(`\nWith X-Break-Glass-Reason "${REASON}" and X-Purpose-Of-Use ETREAT: 200, ${results.length} results`);
  console.log(`\nBoth are traced, and the second is flagged for auditors: GET /fhir/AuditEvent?policy=${BREAK_GLASS_POLICY}`);
}

/** The first resident with a number who was never at the clinician's hospital, and had a blood test. */
function strangerTo({ district, home }: Stage): Resident {
  for (let index = 0; index < district.residents; index++) {
    const resident = residentAt(index, district);
    const isStranger = visitsOf(resident, district).every((visit) => visit.institution.source !== home);
    if (isStranger && resident.residentId !== undefined && resident.case === 'ordinary') return resident;
  }
  throw new RangeError('Every resident of this district was at one hospital; generate more of them');
}
