import { districtMessages, type Message } from '../../district/message.ts';
import { isObject, type JsonValue, type Resource } from '../../fhir/resource.ts';
import { bodyOf, diagnosticsOf, objectAt, objectsAt, textAt, UnexpectedAnswer } from './client.ts';
import { facts, heading } from './print.ts';
import type { Stage } from './stage.ts';

/** Pushes a message with two faults, and prints what the sender is told and what the operator finds. */
export async function showRefusal({ services, district, home, senders, operator }: Stage): Promise<void> {
  heading('A message that cannot be taken in');
  const [message] = districtMessages(services, district, home);
  const answer = message === undefined ? undefined : await senders.get(home)?.post(`/intake/${home}`, JSON.stringify(damaged(message)));
  if (answer?.status !== 422) throw new UnexpectedAnswer(`The damaged message was answered ${answer?.status ?? 'by nobody'} instead of 422`);
  console.log(`${home} is told, all faults at once: ${answer.status}`);
  for (const sentence of diagnosticsOf(answer.body)) console.log(`  ${sentence}`);
  const id = answer.headers.get('x-intake-message') ?? '';
  const letter = bodyOf('The dead letter', await operator.get(`/intake/messages/${id}`));
  console.log('\nThe operator finds it as a dead letter, with its faults and without its content:');
  facts([
    ['Message', textAt(letter, 'message', 'messageId')],
    ['Received', textAt(letter, 'message', 'receivedAt')],
    ['Status', `${textAt(letter, 'message', 'status')}, ${objectsAt(letter, 'answer', 'issue').length} issues`],
    ['Replay', `POST /intake/messages/${textAt(objectAt(letter, 'message'), 'id')}/replay, after a table or profile was mended`],
  ]);
}

/** The message of a system with two bugs: a day that no calendar has, and a result without a status. */
function damaged({ bundle }: Message): Resource {
  const entries: readonly JsonValue[] = Array.isArray(bundle['entry']) ? bundle['entry'] : [];
  let hasDamagedResult = false;
  const entry = entries.map((sent) => {
    if (!isObject(sent) || !isObject(sent['resource'])) return sent;
    const { resource } = sent;
    if (resource['resourceType'] === 'Patient') return { ...sent, resource: { ...resource, birthDate: '1961-02-30' } };
    if (resource['resourceType'] !== 'Observation' || hasDamagedResult) return sent;
    hasDamagedResult = true;
    const { status: _missing, ...rest } = resource;
    return { ...sent, resource: rest };
  });
  return { ...bundle, identifier: { system: 'https://bund.example/sources/hospital-a/message', value: 'demo-refused' }, entry };
}
