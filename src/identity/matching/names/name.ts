/** Whether a name is borne now, was borne before (old, maiden), or is what friends say. */
export type NameUse = 'current' | 'old' | 'nickname';

/** A child that has no name yet and is called after its mother: 王芳之女, 王芳之二子. */
export interface Child { readonly sex: 'male' | 'female' | undefined; readonly order: number | undefined }

/** A name in characters. */
export interface HanName {
  readonly script: 'han';
  readonly use: NameUse;
  /** Simplified, without dots and white space. */
  readonly full: string;
  /** Figures and letters behind it, by which an institution tells its own patients of one name apart: 王芳2. '' mostly. */
  readonly tail: string;
  /** '' for names that have none, such as 买买提艾山. */
  readonly family: string;
  /** Character by character. */
  readonly given: readonly string[];
  /** Usual readings, without tones. */
  readonly familyPinyin: string;
  readonly givenPinyin: string;
  readonly child: Child | undefined;
}

/** A name in letters. */
export interface LatinName {
  readonly script: 'latin';
  readonly use: NameUse;
  /** Folded words in the order in which they are written. */
  readonly words: readonly string[];
  /** Words of the surname, where the record says which they are. */
  readonly family: readonly string[];
  readonly given: readonly string[];
  /** How it divides where it may be the pinyin of a Chinese name. */
  readonly pinyin: { readonly family: string; readonly given: string } | undefined;
  readonly child: Child | undefined;
}

export type Name = HanName | LatinName;
