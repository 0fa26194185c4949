/** One fault or remark about data, in the words of OperationOutcome.issue. @see https://hl7.org/fhir/R4/operationoutcome.html */
export interface Issue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  /** A sentence that the sender can act on alone; never patient data, never a stack. */
  readonly diagnostics: string;
  /** FHIRPath of the element at fault, such as `Observation.value.ofType(Quantity).code` or `Bundle.entry[3].resource.code`. */
  readonly expression?: string;
  /** Place in a message that was not sent as FHIR, in the words of its sender: `OBX[3]-5`, `row 12, column 结果`. */
  readonly location?: string;
}

/** The codes of https://hl7.org/fhir/R4/valueset-issue-type.html that Bund uses. */
export type IssueCode =
  | 'invalid' | 'structure' | 'required' | 'value' | 'invariant'
  | 'security' | 'login' | 'unknown' | 'expired' | 'forbidden' | 'suppressed'
  | 'processing' | 'not-supported' | 'duplicate' | 'multiple-matches' | 'not-found' | 'deleted' | 'too-long'
  | 'code-invalid' | 'extension' | 'too-costly' | 'business-rule' | 'conflict'
  | 'transient' | 'lock-error' | 'no-store' | 'exception' | 'timeout' | 'incomplete' | 'throttled' | 'informational';

/** True when no issue refuses the data. */
export function isAcceptable(issues: readonly Issue[]): boolean {
  return issues.every((issue) => issue.severity === 'warning' || issue.severity === 'information');
}

/** The OperationOutcome that carries the issues; an empty list becomes one informational issue, since `issue` is 1..*. */
export function operationOutcome(issues: readonly Issue[]): OperationOutcome {
  const list = issues.length > 0 ? issues : [{ severity: 'information', code: 'informational', diagnostics: 'No issues detected' } as const];
  return {
    resourceType: 'OperationOutcome',
    issue: list.map(({ severity, code, diagnostics, expression, location }) => ({
      severity, code, diagnostics, ...(location === undefined ? {} : { location: [location] }), ...(expression === undefined ? {} : { expression: [expression] }),
    })),
  };
}

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly { severity: Issue['severity']; code: IssueCode; diagnostics: string; location?: readonly string[]; expression?: readonly string[] }[];
}
