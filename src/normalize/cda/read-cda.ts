import type { Sender } from '../local-identity.ts';
import type { ReadableMessage, SentMessage } from '../message.ts';
import { addComposition } from './composition.ts';
import type { DocumentContext, RecordContext } from './context.ts';
import { decodeXml } from './decode-xml.ts';
import { addBinary, addDocumentReference } from './document-reference.ts';
import type { XmlElement } from './element.ts';
import { addEncounter } from './encounter.ts';
import { addExaminationReport } from './examination-report.ts';
import type { Header, Template } from './header.ts';
import { messageIdOf, readHeader } from './header.ts';
import { addLaboratoryReport } from './laboratory-report.ts';
import type { CdaLimits } from './limits.ts';
import { parseDocument } from './parse-document.ts';
import type { NumberedPatient } from './patient.ts';
import { addPatient } from './patient.ts';
import { createRecords } from './records.ts';
import { addSummary } from './summary.ts';

const MAPPERS: Readonly<Record<Template, (context: RecordContext) => void>> = {
  laboratoryReport: addLaboratoryReport,
  examinationReport: addExaminationReport,
  outpatientRecord: addSummary,
  medicalSummary: addSummary,
  dischargeSummary: addSummary,
};

/**
 * Reads a shared document (CDA R2). The document itself is always kept, as it came; of the kinds that WS/T 500 describes
 * and this exchange knows, the records in it are made resources too.
 *
 * @param bytes of the document, which must not change while the result is in use
 * @throws UnreadableMessage for what is no well-formed clinical document, declares entities, or is over the limits
 * @see docs/flows/push.md
 */
export function readCda(bytes: Buffer, sender: Sender, limits: CdaLimits): ReadableMessage {
  const root = parseDocument(decodeXml(bytes), limits);
  return { messageId: messageIdOf(root), read: () => readDocument(root, sender, bytes) };
}

function readDocument(root: XmlElement, sender: Sender, bytes: Buffer): SentMessage {
  const records = createRecords();
  const context: DocumentContext = { root, sender, records };
  const header = readHeader(context);
  const patient = addPatient(context);
  if (header !== undefined && patient !== undefined) addRecords(context, header, patient, bytes);
  return {
    kind: 'cda',
    entries: records.entries.map(({ from: _from, ...entry }) => entry),
    faults: records.faults,
    ...(header?.instant === undefined ? {} : { saidAt: header.instant }),
  };
}

function addRecords(document: DocumentContext, header: Header, { reference: subject, key }: NumberedPatient, bytes: Buffer): void {
  const visit = addEncounter(document, header, subject);
  const { system, value } = visit?.identifier ?? header.setId ?? header.identifier;
  const context: RecordContext = {
    ...document, header, subject,
    patient: key,
    encounter: visit?.reference,
    visit: `${system}|${value}`,
    binary: addBinary(document, header, subject, bytes),
  };
  addDocumentReference(context, bytes);
  if (header.template === undefined) return;
  MAPPERS[header.template](context);
  addComposition(context);
}
