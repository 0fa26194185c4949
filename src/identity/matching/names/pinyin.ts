import { pinyin, polyphonic } from 'pinyin-pro';

const readings = new Map<string, readonly string[]>();
const surnameReadings = new Map<string, string>();

/** The readings of a character without tones, the usual one first; the character itself where it has none. */
export function readingsOf(character: string): readonly string[] {
  let known = readings.get(character);
  if (known === undefined) {
    const found = polyphonic(character, { toneType: 'none', type: 'array' })[0] ?? [character];
    known = [...new Set(found.map(foldPinyin))];
    readings.set(character, known);
  }
  return known;
}

/** How a surname is read, which is not how its characters are read elsewhere: 单 shan, 曾 zeng, 仇 qiu, 尉迟 yuchi. */
export function surnameReading(surname: string): string {
  let known = surnameReadings.get(surname);
  if (known === undefined) {
    known = pinyin(surname, { mode: 'surname', toneType: 'none', type: 'array' }).map(foldPinyin).join('');
    // Family names are few, what is sent as such need not be.
    if (surnameReadings.size < 5000) surnameReadings.set(surname, known);
  }
  return known;
}

/** 吕 is written lü, lv, lu and, in passports, lyu. */
export function foldPinyin(text: string): string {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/gu, '').toLowerCase().replace(/([ln])(?:v|yu)/gu, '$1u');
}

const SYLLABLE = /^(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|[aeiou]))/u;
const FAMILIES = new Set(('ai an ao ba bai ban bao bei bi bian bo bu cai cao cen chai chang chao che chen cheng chi chu chuai cong cui dai dang deng di diao ding dong dou du duan e fan fang fei feng fu gai gan gao ge geng gong gou gu '
  + 'guan gui guo ha hai han hang hao he hong hou hu hua huan huang huo ji jia jian jiang jiao jie jin jing ju kan kang ke kong kou kuai kuang lai lan lang lao le lei leng li lian liang liao lin ling liu long lou lu luan luo ma mai man mao '
  + 'mei men meng mi miao min ming mo mou mu na nai ni nian nie ning niu ou ouyang pan pang pei peng pi piao ping pu qi qian qiang qiao qin qiu qu quan que ran rao ren rong ru ruan rui sa sang sha shan shang shangguan shao she shen sheng shi shu shui '
  + 'si sima situ song su sui sun tai tan tang tao teng tian tie tong tu wan wang wei wen weng wu xi xia xian xiang xiao xie xin xing xiong xu xuan xue xun yan yang yao ye yi yin ying yong you yu yuan yue yun zai zan zang zeng zha zhai zhan zhang '
  + 'zhao zhen zheng zhi zhong zhou zhu zhuang zhuge zhuo zong zou zu zuo').split(' '));

/** True for letters that are one or more syllables, as far as syllables can be told without their meaning. */
export function isPinyin(letters: string): boolean {
  let rest = letters;
  while (rest !== '') {
    const syllable = SYLLABLE.exec(rest)?.[0];
    if (syllable === undefined) return isPinyinEnding(rest);
    // `g` and `n` may belong to the next syllable: `xiangan` is xi'an'gan or xian'gan. One look back is enough for names.
    rest = rest.slice(syllable.length);
    if (rest !== '' && SYLLABLE.exec(rest) === null && /[gnr]$/u.test(syllable)) rest = syllable.slice(-1) + rest;
  }
  return true;
}

function isPinyinEnding(rest: string): boolean {
  return rest === '';
}

/** True for the reading of a surname. */
export function isSurnameReading(letters: string): boolean {
  return FAMILIES.has(letters);
}

/** True where the letters are a reading of the characters, any of each. */
export function isReadingOf(letters: string, characters: readonly string[]): boolean {
  const [first, ...rest] = characters;
  if (first === undefined) return letters === '';
  return readingsOf(first).some((reading) => letters.startsWith(reading) && isReadingOf(letters.slice(reading.length), rest));
}
