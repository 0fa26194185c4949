/**
 * How a delivery is called in the inbox: by the name of its file, and for a part of one by the row where it begins. The
 * name and the row are all that must be known beside the bytes to read them again.
 */

const ROW = '#row=';
const FILE_NAME = /\.(?:csv|txt|xlsx)$/i;
const PART = /^(.*)#row=(\d{1,9})$/s;

/** False for what a sender calls a message otherwise, and for the digest of one that has no name: they tell nothing of the table. */
export function isFileName(name: string): boolean {
  return FILE_NAME.test(name);
}

export function tableMessageId(fileName: string, firstRow?: number): string {
  const name = fileName.replaceAll(ROW, '_row=');
  return firstRow === undefined ? name : `${name}${ROW}${firstRow}`;
}

export function parseTableMessageId(messageId: string): { readonly fileName: string | undefined; readonly firstRow: number | undefined } {
  const [, name = messageId, row] = PART.exec(messageId) ?? [];
  return { fileName: isFileName(name) ? name : undefined, firstRow: row === undefined ? undefined : Number(row) };
}
