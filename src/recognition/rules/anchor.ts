import type { Assessment } from './assessment.ts';
import type { Anchor, CatalogueRow } from './catalogue-item.ts';
import { DAY_MS, instantOf } from './district-time.ts';
import type { PriorResult } from './facts.ts';

/** From where the age of a result counts; `at` in epoch ms. */
export interface FoundAnchor { readonly kind: Anchor; readonly at: number; readonly text: string; readonly isFallback: boolean }

const KINDS: readonly Anchor[] = ['collected', 'effective', 'issued'];

/**
 * The instant that the catalogue names, or the next that is told: collection, then the examination, then the report, so that
 * what takes its place is the earliest there is and the result counts as no younger than it is.
 */
export function anchorOf(prior: PriorResult, row: CatalogueRow | undefined): FoundAnchor | undefined {
  const named = row?.window.anchor ?? 'collected';
  for (const kind of [named, ...KINDS.filter((other) => other !== named)]) {
    const text = timeOf(prior, kind);
    const at = instantOf(text);
    if (at !== undefined && text !== undefined) return { kind, at, text, isFallback: kind !== named };
  }
  return undefined;
}

/** Last instant of the window, in epoch ms; undefined for an item that has none. */
export function endOfWindow(anchor: FoundAnchor | undefined, row: CatalogueRow | undefined): number | undefined {
  if (anchor === undefined || row === undefined || row.window.days <= 0) return undefined;
  return anchor.at + row.window.days * DAY_MS;
}

/** Every time that a result tells. */
export function timesOf(prior: PriorResult): readonly { readonly kind: Anchor; readonly at: number }[] {
  return KINDS.flatMap((kind) => {
    const at = instantOf(timeOf(prior, kind));
    return at === undefined ? [] : [{ kind, at }];
  });
}

/** When the result was reported, by which its mark is judged; the other times where the report names none. */
export function reportedAt(prior: PriorResult): number | undefined {
  return instantOf(prior.issuedAt) ?? instantOf(prior.effectiveAt) ?? instantOf(prior.collectedAt);
}

export function toldAnchor(anchor: FoundAnchor | undefined): Assessment['anchor'] {
  return anchor === undefined ? undefined : { kind: anchor.kind, at: anchor.text, isFallback: anchor.isFallback };
}

function timeOf(prior: PriorResult, kind: Anchor): string | undefined {
  return { collected: prior.collectedAt, effective: prior.effectiveAt, issued: prior.issuedAt }[kind];
}
