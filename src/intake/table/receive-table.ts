import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { UnreadableMessage } from '../../normalize/index.ts';
import { TABLE_LIMITS, tableMessageId } from '../../normalize/table/index.ts';
import type { Services } from '../../services.ts';
import { openBody } from '../open-body.ts';
import type { Receipt } from '../receive-message.ts';
import { receiveOpened } from '../receive-message.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import type { CutOptions, TablePart } from './cut-table.ts';
import { cutTable } from './cut-table.ts';
import { cutWorkbook } from './cut-workbook.ts';
import type { TableReceipt } from './table-receipt.ts';
import { TableTally } from './table-receipt.ts';

/** A table as it comes over a channel. */
export interface TableDelivery {
  readonly source: string;
  /** Name of the file; a table of the same name and content is the same delivery. */
  readonly fileName: string | undefined;
  readonly format: 'csv' | 'xlsx';
  /** Gives the bytes, once it is known that the caller may send them: of a workbook in one piece. */
  readonly chunks: () => AsyncIterable<Buffer>;
  /** Called when a part of it was taken in. */
  readonly onPart?: () => void;
}

/** Rows of one part: large enough to share a commit, small enough that one fault holds up few. */
const ROWS_A_PART = 1_000;
const LENGTH_A_PART = 2_000_000;

/**
 * Takes in a table of any size, part after part: each is a message of its own in the inbox, named after the file and the
 * row where it begins, so that a delivery that breaks off is resumed by sending it again.
 *
 * @throws ServiceError 'forbidden' unless the caller is this source; 'not-found' for an unknown source; 'unavailable'
 */
export async function receiveTable(services: Services, caller: Caller, delivery: TableDelivery): Promise<TableReceipt> {
  await authorize(services, caller, { action: 'intake', source: delivery.source });
  const source = sourceOf(services, delivery.source);
  const tally = new TableTally();
  try {
    for await (const part of partsOf(source, delivery, (remark) => tally.remark(remark))) {
      tally.add(part.firstRow, await receivePart(services, caller, { source, part, fileName: delivery.fileName }));
      delivery.onPart?.();
    }
  } catch (error) {
    if (error instanceof UnreadableMessage) return tally.finish(error);
    throw error;
  }
  return tally.finish();
}

/**
 * Cuts a table into the messages that it is taken in as.
 *
 * @param onRemark told what the sender should know and no part says
 * @throws UnreadableMessage
 */
export async function* partsOf(source: Source, { format, fileName, chunks }: Omit<TableDelivery, 'source' | 'onPart'>, onRemark: (remark: Issue) => void): AsyncGenerator<TablePart> {
  const options: CutOptions = { tables: source.tables ?? [], fileName, maxRows: ROWS_A_PART, maxLength: LENGTH_A_PART };
  if (format === 'csv') {
    yield* cutTable(chunks(), options);
    return;
  }
  const pieces: Buffer[] = [];
  for await (const chunk of chunks()) pieces.push(chunk);
  yield* cutWorkbook(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces), { ...options, limits: TABLE_LIMITS, onRemark });
}

/** A part as a message, which is CSV whatever the whole was. */
export function messageOfPart(part: TablePart, fileName: string | undefined): { readonly format: 'csv'; readonly messageId: string; readonly bytes: Buffer } {
  const messageId = tableMessageId(fileName ?? '', part.firstRow);
  return { format: 'csv', messageId, bytes: part.bytes };
}

function receivePart(services: Services, caller: Caller, { source, part, fileName }: { readonly source: Source; readonly part: TablePart; readonly fileName: string | undefined }): Promise<Receipt> {
  const message = messageOfPart(part, fileName);
  return receiveOpened(services, caller, { source, ...message }, openBody(services, source, message));
}
