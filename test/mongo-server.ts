export async function mongoServer(): Promise<{ uri: string; reason?: undefined } | { uri?: undefined; reason: string }> {
  const uri = process.env.BUND_TEST_MONGODB_URI;
  return uri === undefined ? { reason: 'none' } : { uri };
}
export function databaseUri(uri: string, name: string): string { const u = new URL(uri); u.pathname = `/${name}`; return u.href; }
