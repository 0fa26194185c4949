import type { Certificate } from '../rules/certificate.ts';
import type { CataloguePanel, CatalogueRow, Days, InstitutionLevel, Scope } from '../rules/catalogue-item.ts';
import type { Institution } from '../rules/facts.ts';
import type { Priced } from './content.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A coding of an order, as FHIR has it. */
export interface Coding { readonly system?: string | undefined; readonly code?: string | undefined }

/** What the codes of an order stand for; `several`: they contradict each other, so that nothing may be concluded from them. */
export type Ordered =
  | { readonly kind: 'item'; readonly item: string }
  | { readonly kind: 'panel'; readonly panel: CataloguePanel }
  | { readonly kind: 'several'; readonly names: readonly string[] };

/** A price at one institution. */
export interface Price { readonly fen: number; /** Percent that the patient pays. */ readonly patientShare: number }

/** A lawful reason to test again although a result may be recognised; `needsText`: it counts with words only. */
export interface RetestReason { readonly code: string; readonly zh: string; readonly en: string; readonly needsText?: true | undefined }

/** A panel with the days on which it is in the catalogue. */
export interface DatedPanel extends CataloguePanel { readonly id: string; readonly effective: Days }

/** The catalogue, the certificates and who belongs where, as tables that answer without looking into the store. Days are `2026-03-01`. */
export interface RecognitionTables {
  /** The row that holds on a day. One that is disabled, by itself or by its group, has the reason in `disabledReason`. */
  rowFor(item: string, day: string): CatalogueRow | undefined;
  /** What the codes of an order mean on a day: standard items, LOINC, and the sources' own tests, panels and examinations. Unknown codes do not count. */
  itemsOf(codings: readonly Coding[], day: string): Ordered | undefined;
  panel(key: string, day: string): DatedPanel | undefined;
  /** All that is in force on a day. */
  rowsOn(day: string): readonly CatalogueRow[];
  panelsOn(day: string): readonly DatedPanel[];
  priceOf(organization: string, priced: Priced, day: string): Price | undefined;
  scope(id: string): Scope | undefined;
  readonly scopes: readonly Scope[];
  /** Ids of the scopes that an institution belongs to, the narrowest first. */
  scopesOf(organization: string): readonly string[];
  /** Undefined for an institution that is neither a source nor listed among the members of scopes. */
  levelOf(organization: string): InstitutionLevel | undefined;
  /** An institution as the rules see it; undefined where its level is not known. */
  institution(organization: string): Institution | undefined;
  certificatesOf(organization: string, item: string): readonly Certificate[];
  certificate(id: string): Certificate | undefined;
  /** All that are registered, those that were recalled included. */
  readonly certificates: readonly Certificate[];
  readonly reasons: readonly RetestReason[];
  /** The class of a Specimen's type, as `CatalogueRow.specimens` has it. */
  readonly specimenClass: Vocabulary;
  /** A part of the body, as `Examined.bodySite` has it. */
  readonly bodySite: Vocabulary;
}
