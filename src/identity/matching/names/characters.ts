import { Converter } from 'opencc-js/t2cn';

/**
 * Characters that stand for one another in names though they are none of 繁简: rare forms that older systems cannot write,
 * and surnames that the second simplification of 1977 made one.
 */
const VARIANTS: Readonly<Record<string, string>> = {
  喆: '哲', 堃: '坤', 甯: '宁', 犇: '奔', 琇: '秀', 勣: '绩', 頫: '俯', 祘: '算', 衞: '卫', 昞: '炳', 崐: '昆', 嵗: '岁', 囯: '国', 圀: '国',
  傅: '付', 萧: '肖', 戴: '代', 阎: '闫', 邱: '丘', 兪: '俞', 谿: '溪', 迺: '乃', 籐: '藤', 犟: '强', 彊: '强', 湼: '涅', 晳: '皙', 叡: '睿', 琹: '琴', 慜: '敏', 勅: '敕',
};

const convert = Converter({ from: 't', to: 'cn' });
const simplified = new Map<string, string>();

/** Simplified characters, one form for the variants that names have. Character by character: a name is no phrase. */
export function simplify(text: string): string {
  let result = '';
  for (const character of text) result += simplifyOne(character);
  return result;
}

function simplifyOne(character: string): string {
  if (character < '\u3400') return character;
  let simple = simplified.get(character);
  if (simple === undefined) {
    const converted = convert(character);
    simple = VARIANTS[converted] ?? converted;
    // As many as there are characters, since there is nothing else in the map.
    simplified.set(character, simple);
  }
  return simple;
}

const HAN = /\p{Script=Han}/u;

/** True where a text holds a character of the Chinese script. */
export function hasHan(text: string): boolean {
  return HAN.test(text);
}

/** Characters that one is read or typed for the other. Each group is alike within itself. */
const LOOK_ALIKES = [
  '己已巳', '未末', '土士', '日曰', '千干于', '戊戌戍', '人入', '刀力', '天夭', '市布', '冶治', '侯候', '爱爰', '晴睛', '杨扬', '祥详', '淮准', '清请情', '宣宜', '燕蒸', '崇祟', '瑞端', '玮伟',
  '莉梨', '婷停', '琳淋', '霞暇', '娜挪', '俊峻骏', '凯铠', '洁浩', '涛祷', '鹏朋', '斌赋', '明朋', '丽俪', '芳芬', '静净', '敏毓', '强弘', '磊嘉', '荣莹', '萍苹', '琴瑟', '梅海', '梁粱', '王玉', '令今', '兰三', '英美', '华毕',
  '辉挥', '军车', '刚钢', '峰锋烽', '鑫森', '晓哓', '佳住', '怡恰', '欣忻', '雨两', '雪雷', '志忐', '忠思', '建健', '玲珍', '洋祥', '波坡', '龙尤', '红江', '桂佳', '秀季', '凤风', '月丹', '莹萤', '薇徽', '茹菇', '颖颍', '璐潞', '妍研', '萌明',
] as const;
const SHAPES = new Map<string, Set<string>>();
for (const group of LOOK_ALIKES) for (const character of group) SHAPES.set(character, new Set([...SHAPES.get(character) ?? [], ...Array.from(group)]));

/** True for two characters of which one is taken for the other by eye. */
export function lookAlike(a: string, b: string): boolean {
  return SHAPES.get(a)?.has(b) === true;
}
