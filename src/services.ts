import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Fhir } from './fhir/fhir.ts';
import type { MatchModel } from './identity/index.ts';
import type { Sources } from './intake/load-sources.ts';
import type { LiveRecognition } from './recognition/live-recognition.ts';
import type { Store } from './store/store.ts';
import type { LiveCodes } from './terminology/live-codes.ts';
import type { CodeTables } from './terminology/tables.ts';

/** What use cases work with. Made once in `open-services.ts`, passed as the first argument everywhere. */
export interface Services {
  readonly config: Config;
  readonly store: Store;
  readonly fhir: Fhir;
  /** The sending systems, by id. */
  readonly sources: Sources;
  /** What the codes and units of the sources mean, as far as this process knows now. */
  readonly codes: CodeTables;
  /** Where these tables come from, and how they follow what is approved in the workbench. */
  readonly liveCodes: LiveCodes;
  /** Catalogue and certificates of mutual recognition, as far as this process knows now. */
  readonly recognition: LiveRecognition;
  /** By which weights and thresholds records are held to be of one person. */
  readonly matching: MatchModel;
  readonly keys: Keys;
  readonly clock: () => Date;
  /** A new logical id, time-ordered UUID. */
  readonly newId: () => string;
  readonly log: Logger;
}

/** Keys of this installation: tokens of the embedded issuer, and the heads of the audit chains. */
export interface Keys {
  readonly token: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly audit: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}
