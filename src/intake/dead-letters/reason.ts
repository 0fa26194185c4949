import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Issue } from '../../fhir/outcome.ts';

export const reasonSchema = z.object({
  /** Issue type of the fault. */
  code: z.string(),
  /** Where it is, in the words of the sender where the format has its own, with every place in a list replaced: `OBX[*]-5`. */
  element: z.string(),
  /** What is wrong, without the numbers and quoted words that differ from message to message. */
  text: z.string(),
});

/** Why messages are refused, told so that alike faults of different messages read the same. */
export type Reason = Readonly<z.infer<typeof reasonSchema>>;

/** A message with more kinds of fault than these has one cause. */
const MAX_REASONS = 10;
const MAX_ELEMENT = 200;
const MAX_TEXT = 300;

/** A fault as it was found, or as it was told to the sender. */
type Told = Omit<Issue, 'code'> & { readonly code: string };

/**
 * The reasons behind the faults of a message, each once, in the order in which they come.
 *
 * @param issues remarks among them are passed over
 */
export function reasonsOf(issues: readonly Told[]): readonly Reason[] {
  const found = new Map<string, Reason>();
  for (const issue of issues) {
    if (found.size === MAX_REASONS) break;
    if (issue.severity === 'warning' || issue.severity === 'information') continue;
    const reason = reasonOf(issue);
    found.set(reasonKey(reason), reason);
  }
  return [...found.values()];
}

/** By which messages with this reason are found, whatever their source. */
export function reasonKey({ code, element, text }: Reason): string {
  return derivedId('reason', code, element, text);
}

function reasonOf({ code, expression, location, diagnostics }: Told): Reason {
  return { code, element: generalPlace(location ?? expression ?? '').slice(0, MAX_ELEMENT), text: generalText(diagnostics).slice(0, MAX_TEXT) };
}

function generalPlace(place: string): string {
  return place.replaceAll(/\[\d+\]/g, '[*]').replaceAll(/\b(row|line|行) ?\d+/gi, '$1 *');
}

/** A digit within a name is part of it: `R4`, `ele-1`. */
function generalText(text: string): string {
  return generalPlace(text).replaceAll(/"[^"]*"|'[^']*'|“[^”]*”/g, '"…"').replaceAll(/(?<![A-Za-z\d-])\d+(?:[-.:+,TZ]*\d+)*|\d{2,}/g, '#');
}
