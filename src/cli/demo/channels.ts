import { documentsOf, imagingBundle } from '../../district/documents-of.ts';
import { v2MessagesOf } from '../../district/hl7v2-message.ts';
import type { Channel, Institution } from '../../district/institutions.ts';
import { districtMessages, type Message } from '../../district/message.ts';
import { tableLines } from '../../district/table-delivery.ts';
import { bodyOf, type Client, UnexpectedAnswer } from './client.ts';
import { connectMllp } from './mllp-client.ts';
import type { Stage } from './stage.ts';

/** What a source speaks, for people. */
export const SPEAKS: Readonly<Record<Channel, string>> = { fhir: 'FHIR', hl7v2: 'HL7 v2', cda: 'WS/T 500', table: 'CSV' };

/** Sends what one institution has. Yields once a visit, with the number of messages that went out for it. */
type Sending = (stage: Stage, institution: Institution, client: Client) => AsyncGenerator<number>;

const SENDINGS: Readonly<Record<Channel, Sending>> = { fhir: sendBundles, hl7v2: sendV2, cda: sendDocuments, table: sendTable };

/** @throws UnexpectedAnswer for what is not accepted */
export function deliver(stage: Stage, institution: Institution): AsyncGenerator<number> {
  const client = stage.senders.get(institution.source);
  if (client === undefined) throw new UnexpectedAnswer(`profiles/sources has no ${institution.source}.json`);
  return SENDINGS[institution.channel](stage, institution, client);
}

async function* sendBundles({ services, district }: Stage, { source }: Institution, client: Client): AsyncGenerator<number> {
  for (const { bundle } of districtMessages(services, district, source)) {
    bodyOf(`A message of ${source}`, await client.post(`/intake/${source}`, JSON.stringify(bundle)));
    yield 1;
  }
}

/** A document for each report; images have no template in use here, and go as FHIR. */
async function* sendDocuments({ services, district }: Stage, institution: Institution, client: Client): AsyncGenerator<number> {
  const { source } = institution;
  for (const message of districtMessages(services, district, source)) {
    const documents = documentsOf(services, district.seed, message);
    for (const document of documents) bodyOf(`A document of ${source}`, await client.post(`/intake/${source}`, document, { 'content-type': 'application/xml' }));
    const images = imagingBundle(message);
    if (images !== undefined) bodyOf(`A study of ${source}`, await client.post(`/intake/${source}`, JSON.stringify(images)));
    yield documents.length;
  }
}

async function* sendV2(stage: Stage, { source }: Institution): AsyncGenerator<number> {
  yield* sendOverMllp(stage, source, districtMessages(stage.services, stage.district, source));
}

/** Sends what a hospital tells in HL7 v2. Yields once a visit, with the number of its messages. @throws UnexpectedAnswer */
export async function* sendOverMllp({ services, mllpPort, signal }: Stage, source: string, visits: Iterable<Message>): AsyncGenerator<number> {
  const address = services.sources.get(source)?.hl7v2?.senders[0];
  if (address === undefined) throw new UnexpectedAnswer(`profiles/sources/${source}.json names no sender of HL7 v2`);
  const connection = await connectMllp(mllpPort, signal);
  try {
    for (const visit of visits) {
      const messages = v2MessagesOf(visit, address);
      for (const text of messages) {
        const answer = await connection.send(text);
        if (!answer.includes('\rMSA|AA|')) throw new UnexpectedAnswer(`A message of ${source} was answered ${answer.replaceAll('\r', ' ')}`);
      }
      yield messages.length;
    }
  } finally {
    connection.close();
  }
}

/** One table for all visits, as it is exported at night. */
async function* sendTable({ services, district }: Stage, { source }: Institution, client: Client): AsyncGenerator<number> {
  const visits = [...districtMessages(services, district, source)].length;
  const table = [...tableLines(services, district, source)].join('');
  bodyOf(`The table of ${source}`, await client.post(`/intake/${source}`, table, { 'content-type': 'text/csv', 'x-message-id': 'results.csv' }));
  for (let visit = 0; visit < visits; visit++) yield visit === 0 ? 1 : 0;
}
