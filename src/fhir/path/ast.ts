/** A parsed FHIRPath expression. @see http://hl7.org/fhirpath/N1/ */
export type Ast =
  | { readonly kind: 'literal'; readonly value: Literal }
  /** `$this`; also what a path without a start begins with. */
  | { readonly kind: 'this' }
  | { readonly kind: 'index' }
  /** `%resource`, `%ucum`, `%'ext-name'`; without the percent sign. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Ast; readonly name: string; readonly startsPath: boolean }
  | { readonly kind: 'call'; readonly of: Ast; readonly name: string; readonly args: readonly Ast[] }
  | { readonly kind: 'item'; readonly of: Ast; readonly index: Ast }
  | { readonly kind: 'type'; readonly operator: 'is' | 'as'; readonly of: Ast; readonly type: string }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'negative'; readonly of: Ast };

/** `{}` is the kind 'nothing'. Dates keep their text, without the `@`. */
export type Literal =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'date' | 'time'; readonly text: string }
  | { readonly kind: 'quantity'; readonly text: string; readonly unit: string };

export type BinaryOperator =
  | '*' | '/' | 'div' | 'mod' | '+' | '-' | '&' | '|' | '<=' | '<' | '>' | '>='
  | '=' | '~' | '!=' | '!~' | 'in' | 'contains' | 'and' | 'or' | 'xor' | 'implies';
