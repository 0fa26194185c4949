import { decimal } from '../json.ts';
import type { Literal } from './ast.ts';
import { EMPTY, FALSE, TRUE, type Collection } from './item.ts';
import { NOTHING } from './member.ts';
import { Uncompilable, systemShapes, type Builder, type Node } from './node.ts';

const CONSTANTS: Readonly<Record<string, string>> = { ucum: 'http://unitsofmeasure.org', sct: 'http://snomed.info/sct', loinc: 'http://loinc.org' };

/** @throws Uncompilable for a variable that R4 does not define */
export function buildVariable(name: string, builder: Builder): Node {
  switch (name) {
    case 'resource': return { shapes: undefined, run: ({ environment: { resource } }) => (resource === undefined ? EMPTY : [resource]) };
    case 'rootResource': return { shapes: undefined, run: ({ environment: { rootResource } }) => (rootResource === undefined ? EMPTY : [rootResource]) };
    case 'context': return { shapes: builder.context, run: (scope) => scope.context };
    default: {
      const value = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
      if (value === undefined) throw new Uncompilable(`there is no variable %${name}`);
      return constant([value], 'string', builder);
    }
  }
}

export function buildLiteral(literal: Literal, builder: Builder): Node {
  switch (literal.kind) {
    case 'nothing': return NOTHING;
    case 'boolean': return constant(literal.value ? TRUE : FALSE, 'boolean', builder);
    case 'string': return constant([literal.value], 'string', builder);
    case 'number': return constant([decimal(literal.text)], literal.text.includes('.') ? 'decimal' : 'integer', builder);
    case 'date': return constant([literal.text.replace(/T$/, '')], literal.text.includes('T') ? 'dateTime' : 'date', builder);
    case 'time': return constant([literal.text], 'time', builder);
    case 'quantity': return constant([{ value: decimal(literal.text), unit: literal.unit, system: 'http://unitsofmeasure.org', code: literal.unit }], 'Quantity', builder);
  }
}

function constant(value: Collection, type: Parameters<typeof systemShapes>[1], builder: Builder): Node {
  return { shapes: systemShapes(builder, type), run: () => value };
}

