/** Label of WHATWG for the names of table 0211 and what senders write instead; letters and digits only, capitals. */
const CHARSETS: ReadonlyMap<string, string> = new Map([
  ...['ASCII', 'USASCII', 'ISOIR6', 'UNICODEUTF8', 'UTF8', 'UNICODE'].map((name) => [name, 'utf-8'] as const),
  ...['GB180302000', 'GB180302005', 'GB180302022', 'GB18030'].map((name) => [name, 'gb18030'] as const),
  ...['GBK', 'CP936', 'GB2312', 'GB23121980', 'EUCCN', 'CNGB'].map((name) => [name, 'gbk'] as const),
]);

/** @param name MSH-18, first repetition. @returns undefined when empty or unknown */
export function charsetOf(name: string): string | undefined {
  return CHARSETS.get(name.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}

export function decoderOf(charset: string): (bytes: Uint8Array) => string | undefined {
  return (bytes) => {
    try {
      return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };
}
