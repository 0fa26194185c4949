import type { Resource } from '../fhir/resource.ts';
import type { Source } from '../intake/source.ts';
import type { Store } from '../store/store.ts';
import type { CodeTables } from '../terminology/tables.ts';
import { applyChanges } from './catalogue/apply-changes.ts';
import { approvedChanges } from './catalogue/approved-changes.ts';
import type { Entry } from './catalogue/content.ts';
import { createTables } from './catalogue/create-tables.ts';
import type { RecognitionFiles } from './catalogue/load-recognition-files.ts';
import type { RecognitionTables } from './catalogue/recognition-tables.ts';
import { stampMark } from './certificates/stamp-mark.ts';
import { storedCertificates } from './certificates/stored-certificates.ts';
import { readRevision } from './revision.ts';

/** What recognition works with: the files of `profiles/recognition` together with what people decided since, which changes while the gateway runs. */
export interface LiveRecognition extends RecognitionTables {
  readonly files: RecognitionFiles;
  /** Every entry that holds on some day, those that were approved first. */
  readonly entries: readonly Entry[];
  /** Changes of what was decided that the tables know of. */
  readonly revision: number;
  /**
   * Looks into the store, and builds the tables anew if something else was decided there.
   *
   * @returns whether the tables are other ones now
   */
  refresh(store: Pick<Store, 'read' | 'search'>): Promise<boolean>;
  /**
   * A result with the mark that it has by the certificates, and what its source claims of it; whatever else stood there of either is
   * taken away. Other resources only lose them.
   *
   * @param institution logical id of the Organization whose system sent it
   */
  stamp(resource: Resource, institution: string | undefined): Resource;
}

/** @param offsetMinutes of the district's time @param codes what the codes of laboratories mean now; a live object @param files as loaded at start */
export function liveRecognition(files: RecognitionFiles, codes: CodeTables, sources: Iterable<Pick<Source, 'id' | 'organization'>>, offsetMinutes?: number): LiveRecognition {
  const all = [...sources];
  let entries: readonly Entry[] = files.entries;
  let tables = createTables({ files, entries, certificates: files.certificates, codes, sources: all });
  let revision = 0;
  // One after another: an older answer of the store must not follow a newer one.
  let work: Promise<unknown> = Promise.resolve();
  const refreshNow = async (store: Pick<Store, 'read' | 'search'>): Promise<boolean> => {
    const { changes } = await readRevision(store);
    if (changes === revision) return false;
    const [approved, certificates] = [await approvedChanges(store), await storedCertificates(store)];
    entries = applyChanges(files.entries, approved);
    tables = createTables({ files, entries, certificates: [...files.certificates, ...certificates], codes, sources: all });
    revision = changes;
    return true;
  };
  return {
    files,
    get entries() { return entries; },
    get revision() { return revision; },
    refresh: (store) => {
      const turn = work.then(() => refreshNow(store));
      work = turn.catch(() => undefined);
      return turn;
    },
    stamp: (resource, institution) => stampMark(resource, { institution, tables, offsetMinutes }),
    ...following(() => tables),
    get scopes() { return tables.scopes; },
    get certificates() { return tables.certificates; },
    get reasons() { return tables.reasons; },
  };
}

/** Questions to the tables that are always those of now. A getter here would be read once, when its holder is spread. */
function following(now: () => RecognitionTables): Omit<RecognitionTables, 'scopes' | 'certificates' | 'reasons'> {
  return {
    rowFor: (item, day) => now().rowFor(item, day),
    itemsOf: (codings, day) => now().itemsOf(codings, day),
    panel: (key, day) => now().panel(key, day),
    rowsOn: (day) => now().rowsOn(day),
    panelsOn: (day) => now().panelsOn(day),
    priceOf: (organization, priced, day) => now().priceOf(organization, priced, day),
    scope: (id) => now().scope(id),
    scopesOf: (organization) => now().scopesOf(organization),
    levelOf: (organization) => now().levelOf(organization),
    institution: (organization) => now().institution(organization),
    certificatesOf: (organization, item) => now().certificatesOf(organization, item),
    certificate: (id) => now().certificate(id),
    specimenClass: (concept) => now().specimenClass(concept),
    bodySite: (concept) => now().bodySite(concept),
  };
}
