import { isObject } from '../resource.ts';
import type { Compiler } from './compiler.ts';
import { report } from './run.ts';
import type { Check } from './run.ts';

/** What holds for every extension (ext-1), and what the definition of one that is known here demands. */
export function extensionCheck(compiler: Compiler): Check {
  return (value, at, scope) => {
    if (!isObject(value)) return;
    const hasValue = hasValueElement(value);
    if (hasValue === (value['extension'] !== undefined)) {
      report(scope.run, at, { code: 'extension', diagnostics: 'An extension must have either a value or extensions, and not both (ext-1)' });
    }
    const { url } = value;
    if (typeof url === 'string' && compiler.definitions.structures.get(url)?.type === 'Extension') compiler.profileCheck(url)?.(value, at, scope);
  };
}

function hasValueElement(extension: object): boolean {
  for (const name in extension) {
    if (name.startsWith('value') || name.startsWith('_value')) return true;
  }
  return false;
}
