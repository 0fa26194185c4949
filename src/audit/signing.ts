import type { Services } from '../services.ts';
import { appendLine, type HeadFile, headsFile, readOn, unreadHeadFile } from './head-file.ts';
import { keyName, signHeads } from './heads.ts';

/** The signing of audit heads at intervals. */
export interface Signing {
  /** Ends the intervals and signs once more, so that a stopped gateway leaves no event unsigned. */
  stop(): Promise<void>;
}

/**
 * Signs the heads of all chains that have grown: now, at intervals of `config.auditSignMs`, and on `stop`. A failure is
 * logged and tried again at the next interval; what is unsigned meanwhile is what `verify-audit` reports.
 */
export function startSigning(services: Services): Signing {
  let file = unreadHeadFile(headsFile(services.config.dataDir));
  let work = Promise.resolve();
  const signOnce = (): Promise<void> => {
    work = work.then(async () => {
      file = await signGrown(services, file);
    }).catch((error: unknown) => services.log.error({ err: error }, 'could not sign the heads of the audit chains'));
    return work;
  };
  void signOnce();
  const timer = setInterval(() => void signOnce(), services.config.auditSignMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return signOnce();
    },
  };
}

/** One round. The first line of a file is written even when no chain has grown: from then on a missing file is a fault. */
export async function signGrown(services: Services, known: HeadFile): Promise<HeadFile> {
  const { store, keys, clock, config } = services;
  const file = await readOn(known);
  const heads = await store.chains();
  for (const { writer, seq } of heads) {
    const signedSeq = file.signed.get(writer) ?? 0;
    if (seq < signedSeq) services.log.error({ writer, seq, signedSeq }, 'an audit chain is shorter than it was signed');
  }
  const grown = heads.filter(({ writer, seq }) => seq > (file.signed.get(writer) ?? 0)).map(({ writer, seq, hash }) => ({ writer, seq, hash }));
  if (grown.length === 0 && file.covered.lines > 0) return file;
  const content = { at: clock().toISOString(), everyMs: config.auditSignMs, covers: file.covered, heads: grown };
  await appendLine(file, signHeads(content, keys.audit.privateKey, keyName(keys.audit.publicKey)));
  return readOn(file);
}
