import type { Child } from './name.ts';

const OF_MOTHER = /^(.{2,})之(大|长|二|次|三|四|小)?(子|儿|男|女|婴|囡|宝)(?:\d)?$/u;
const WITHOUT_OF = /^(.{2,})(大|长|二|次|三)(子|儿|女|宝)$/u;
const BABY = /^(.{2,}?)(?:之)?(?:新生儿|婴儿|毛毛|宝宝|女婴|男婴)(\d)?$/u;
const BABY_OF = /^(?:baby|b\/o|bb|newborn)\s+(?:(boy|girl|twin|son|daughter)\s+)?(?:([ab1-3])\s+)?(?:of\s+)?(.+)$/iu;
const ORDERS: Readonly<Record<string, number>> = { 大: 1, 长: 1, 二: 2, 次: 2, 三: 3, 四: 4, a: 1, b: 2, 1: 1, 2: 2, 3: 3 };

/**
 * Takes the mother's name out of what a ward calls a child that has none yet.
 *
 * @param text characters without white space, or Latin words
 */
export function readPlaceholder(text: string): { readonly mother: string; readonly child: Child } | undefined {
  const named = OF_MOTHER.exec(text) ?? WITHOUT_OF.exec(text);
  if (named !== null) return { mother: named[1] ?? '', child: { sex: sexOf(named[3] ?? ''), order: ORDERS[named[2] ?? ''] } };
  const baby = BABY.exec(text);
  if (baby !== null) return { mother: baby[1] ?? '', child: { sex: sexOf(text.slice(baby[1]?.length)), order: ORDERS[baby[2] ?? ''] } };
  const english = BABY_OF.exec(text);
  return english === null ? undefined : { mother: english[3] ?? '', child: { sex: sexOf(english[1] ?? ''), order: ORDERS[(english[2] ?? '').toLowerCase()] } };
}

function sexOf(word: string): Child['sex'] {
  if (/女|囡|girl|daughter/iu.test(word)) return 'female';
  return /子|儿子|男|^儿|boy|son/iu.test(word) ? 'male' : undefined;
}

/** True where both may be the same child: what one says and the other too is equal. */
export function mayBeSameChild(a: Child, b: Child): boolean {
  return (a.sex === undefined || b.sex === undefined || a.sex === b.sex) && (a.order ?? b.order) === (b.order ?? a.order);
}
