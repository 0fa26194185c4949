/**
 * How a delivery is called in the inbox: by the name of its file, and for a part of one by the row where it begins. The
 * name and the row are all that must be known beside the bytes to read them again.
 */

const PART = /^(.*)#row=(\d{1,9})$/s;

export function tableMessageId(fileName: string, firstRow?: number): string {
  return firstRow === undefined ? fileName : `${fileName}#row=${firstRow}`;
}

export function parseTableMessageId(messageId: string): { readonly fileName: string; readonly firstRow: number | undefined } {
  const [, fileName = messageId, row] = PART.exec(messageId) ?? [];
  return { fileName, firstRow: row === undefined ? undefined : Number(row) };
}
