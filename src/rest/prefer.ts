/** What the client asked for in the header `Prefer`. @see https://hl7.org/fhir/R4/http.html#ops */
export interface Preference {
  readonly returns: 'minimal' | 'representation' | 'OperationOutcome';
  /** `lenient`: search parameters that are not known are left out and told, instead of refused. */
  readonly handling: 'strict' | 'lenient';
}

const DEFAULT: Preference = { returns: 'representation', handling: 'strict' };
const RETURNS = { minimal: 'minimal', representation: 'representation', operationoutcome: 'OperationOutcome' } as const;

/** Preferences that are not known are passed over, as https://www.rfc-editor.org/rfc/rfc7240 says. */
export function parsePrefer(header: string | undefined, otherwise: Partial<Preference> = {}): Preference {
  const preference = { ...DEFAULT, ...otherwise };
  if (header === undefined) return preference;
  const named = new Map(header.split(/[,;]/).map((part) => [part.split('=')[0]?.trim().toLowerCase(), part.split('=')[1]?.trim().replaceAll('"', '').toLowerCase()]));
  const returns = named.get('return');
  const handling = named.get('handling');
  return {
    returns: returns === 'minimal' || returns === 'representation' || returns === 'operationoutcome' ? RETURNS[returns] : preference.returns,
    handling: handling === 'strict' || handling === 'lenient' ? handling : preference.handling,
  };
}

/** The preference of one write within a bundle, whose remarks stand in the entry's response and not in its place. */
export function writePreference(preference: Preference): Preference {
  return preference.returns === 'OperationOutcome' ? { ...preference, returns: 'minimal' } : preference;
}
