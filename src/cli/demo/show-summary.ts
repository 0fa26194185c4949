import path from 'node:path';
import { type Institution, INSTITUTIONS } from '../../district/institutions.ts';
import { laboratoryOf } from '../../district/laboratory.ts';
import { countMessages } from '../../district/message.ts';
import { bodyOf, type Client, numberAt, objectsAt, textAt } from './client.ts';
import { count, facts, heading, table } from './print.ts';
import type { Pushed } from './push-district.ts';
import type { Stage } from './stage.ts';

/** What glucose is called at each source shows why codes must be mapped. */
const EXAMPLE_ITEM = 'GLU';

/** Prints who is going to send, and how differently. */
export function showSenders({ url, services, district }: Stage): void {
  heading(`Six institutions push ${count(countMessages(district))} messages of ${count(district.residents)} synthetic residents to ${url}`);
  table(['Source', 'Institution', 'Level', 'Bundle', 'Glucose is', 'in', 'A patient is'], INSTITUTIONS.map((institution) => senderCells(institution, services)));
  console.log();
}

function senderCells(institution: Institution, { sources, codes }: Stage['services']): readonly string[] {
  const source = sources.get(institution.source);
  const glucose = laboratoryOf(institution, codes).get(EXAMPLE_ITEM);
  const form = institution.form === 'transaction-put' ? 'transaction' : institution.form;
  return [institution.source, source?.organization.name ?? '', source?.organization.level ?? '', form, glucose?.local ?? '', glucose?.unit?.text ?? '', institution.patientNumber(1234)];
}

/** Prints what the exchange made of the messages; the figures of persons and gaps come from its own API. */
export async function showSummary({ services, system, operator }: Stage, pushed: Pushed): Promise<void> {
  const [patients, persons] = [await total(system, 'Patient'), await total(system, 'Person')];
  const reviews = objectsAt(bodyOf('The list of reviews', await operator.get('/identity/reviews?status=requested&_count=200')), 'reviews');
  const unmapped = objectsAt(bodyOf('The list of unmapped codes', await operator.get('/terminology/unmapped')), 'unmapped');
  const messages = pushed.accepted + pushed.repeated;
  heading('What became of them');
  facts([
    ['Messages', `${count(messages)} sent in ${pushed.seconds.toFixed(1)} s: ${count(pushed.accepted)} accepted, ${count(pushed.repeated)} answered as already known`],
    ['Resources', `${count(pushed.created)} new of ${count(pushed.resources)} sent`],
    ['Persons', `${count(persons)} from ${count(patients)} patient records: ${count(patients - persons)} were joined by resident ID and name`],
    ['To review', `${count(reviews.length)} resident IDs under which two names came (a borrowed card, a new name): kept apart until a human decides`],
    ['Unmapped', unmapped.map((entry) => `${textAt(entry, 'source')} ${textAt(entry, 'kind')} ${textAt(entry, 'code')} (${textAt(entry, 'display')}), results: ${count(numberAt(entry, 'count'))}; stored and marked`)],
    ['Kept in', `${storeName(services.config)}: run the demonstration again, and nothing is doubled`],
  ]);
  if (pushed.accepted === 0) console.log(`\nNothing was doubled: ${count(messages)} messages sent, ${count(pushed.repeated)} answered as already known, ${count(pushed.created)} new resources.`);
}

/** Without credentials that a MongoDB address may carry. */
function storeName({ store }: Stage['services']['config']): string {
  return store.kind === 'sqlite' ? path.relative('.', store.file) : 'MongoDB';
}

async function total(client: Client, type: string): Promise<number> {
  return numberAt(bodyOf(`The number of ${type} resources`, await client.get(`/fhir/${type}?_summary=count`)), 'total');
}
