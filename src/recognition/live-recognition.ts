import type { Resource } from '../fhir/resource.ts';
import type { Source } from '../intake/source.ts';
import { type Following, followRevision } from '../revision.ts';
import type { CodeTables } from '../terminology/tables.ts';
import { applyChanges } from './catalogue/apply-changes.ts';
import { approvedChanges } from './catalogue/approved-changes.ts';
import type { Entry } from './catalogue/content.ts';
import { createTables } from './catalogue/create-tables.ts';
import type { RecognitionFiles } from './catalogue/load-recognition-files.ts';
import type { RecognitionTables } from './catalogue/recognition-tables.ts';
import { stampMark } from './certificates/stamp-mark.ts';
import { storedCertificates } from './certificates/stored-certificates.ts';
import { RECOGNITION_REVISION } from './recognition-revision.ts';

/** What recognition works with: the files of `profiles/recognition` together with what people decided since, which changes while the gateway runs. */
export interface LiveRecognition extends RecognitionTables, Following {
  readonly files: RecognitionFiles;
  /** Every entry that holds on some day, those that were approved first. */
  readonly entries: readonly Entry[];
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
  const keeping = followRevision(RECOGNITION_REVISION, async (store) => {
    const [approved, certificates] = [await approvedChanges(store), await storedCertificates(store)];
    entries = applyChanges(files.entries, approved);
    tables = createTables({ files, entries, certificates: [...files.certificates, ...certificates], codes, sources: all });
  });
  return {
    files,
    get entries() { return entries; },
    get revision() { return keeping.revision; },
    refresh: (store) => keeping.refresh(store),
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
