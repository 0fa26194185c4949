import { heading } from './print.ts';
import { resultsQuery, type Shown } from './show-results.ts';
import { traceQuery } from './show-trace.ts';
import type { Stage } from './stage.ts';

/** A message that lies in the repository, and the source that sends it. */
const SAMPLE = { source: 'hospital-a', file: 'fixtures/hospital-a/molar-units.in.json' };

/** The same in HL7 v2. */
const V2_SAMPLE = { source: 'hospital-b', file: 'fixtures/hospital-b/laboratory-result.in.hl7' };

/** Prints commands that can be pasted into another shell, for each role. The tokens last for half a day. */
export function showCommands({ url, mllpPort, tokens, resident, home }: Stage, { patient }: Shown): void {
  heading(`Bund keeps serving at ${url} — paste into another shell (Ctrl-C here ends it)`);
  const variables = [
    ['BUND', url], ['CLINICIAN', tokens.clinician], ['AUDITOR', tokens.auditor], ['OPERATOR', tokens.operator], ['SOURCE', tokens.sources.get(SAMPLE.source) ?? ''], ['LIS', tokens.sources.get(V2_SAMPLE.source) ?? ''],
  ];
  for (const [name, value] of variables) console.log(`export ${name}=${value}`);
  command(`a clinician of ${home}: the results of ${resident.name} from every institution`, 'CLINICIAN', `/fhir/${resultsQuery(resident)}`);
  command(`an auditor: who looked at ${resident.name}, the latest first`, 'AUDITOR', `/fhir/AuditEvent?${traceQuery(patient)}`);
  command('an operator: messages that were refused, and why', 'OPERATOR', '/intake/messages?status=refused');
  command('an operator: local codes and units that no table knows', 'OPERATOR', '/terminology/unmapped');
  console.log(`\n# ${SAMPLE.source}: push a message; push it again and nothing changes`);
  console.log(`curl -s -H "Authorization: Bearer $SOURCE" -H 'Content-Type: application/fhir+json' --data-binary @${SAMPLE.file} "$BUND/intake/${SAMPLE.source}"`);
  console.log(`\n# ${V2_SAMPLE.source}: a laboratory result in HL7 v2, over HTTP; over MLLP the same goes to port ${mllpPort}`);
  console.log(`curl -s -H "Authorization: Bearer $LIS" -H 'Content-Type: application/hl7-v2' --data-binary @${V2_SAMPLE.file} "$BUND/intake/${V2_SAMPLE.source}" | tr '\\r' '\\n'`);
  console.log(`\n# ${V2_SAMPLE.source}: what a push would do, without storing anything`);
  console.log(`curl -s -H "Authorization: Bearer $LIS" -H 'Content-Type: application/hl7-v2' --data-binary @${V2_SAMPLE.file} "$BUND/intake/${V2_SAMPLE.source}/\\$rehearse"`);
}

function command(what: string, token: string, path: string): void {
  console.log(`\n# ${what}`);
  console.log(`curl -s -H "Authorization: Bearer $${token}" "$BUND${path}"`);
}
