import { pinyin } from 'pinyin-pro';
import type { Sex } from '../names.ts';
import type { Random } from '../random.ts';

/** The most frequent surnames with the share of people in 10,000, as the census counts them, rounded; then some of the many others. */
const FREQUENT = '王715李700张675刘510陈470杨310黄225赵210吴205周200徐168孙155马130朱128胡118郭115何112林108高100罗96郑95梁85谢78宋74唐73许71邓66韩65冯64曹61彭59曾58肖57田55董54潘52袁51蔡50蒋49余48于47杜46叶45程44魏43苏42吕41丁40任39卢38姚37沈37钟36姜36崔35谭34陆34范33汪33廖32石31金30韦29贾29夏28傅27方27邹26熊25白25孟24秦24邱23侯23江22尹22薛21闫21段20雷20龙19黎19史18陶18贺17毛17郝17顾17龚16邵16万15覃15武14钱14戴14严13莫12孔11向10常10汤10';
const OTHERS = '康易乔赖文庞樊兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂柴焦单仇解查盛柳甘祝宁欧喻瞿耿关苗凌费纪靳童游裴席卫褚娄华屈沙包冉房池谷隋杭干屠宗岑臧娄竺费薄车全班仰伊宫邢柏水窦戚郎奚虞褚';
const COMPOUND = ['欧阳', '上官', '诸葛', '司马', '皇甫', '尉迟'];
const SURNAMES: readonly (readonly [string, number])[] = [
  ...[...FREQUENT.matchAll(/(\D)(\d+)/gu)].map(([, name = '', share]) => [name, Number(share)] as const),
  ...Array.from(OTHERS).map((name) => [name, 8] as const), ...COMPOUND.map((name) => [name, 2] as const),
];

/** Characters of given names by when they were in fashion, the most frequent first. */
const GIVEN: Readonly<Record<Sex, readonly (readonly [from: number, characters: string])[]>> = {
  male: [
    [1900, '国明华建文平军德福生金玉林荣海春根宝永志祥龙云成良忠光才贵义新民庆富兴发财顺水松山树'],
    [1966, '伟军强勇斌杰涛超波鹏辉刚峰磊飞华明建平国东海文志俊宏亮剑锋雷健民敏晓立新卫红永学春旭龙宁'],
    [1990, '浩宇轩子博俊杰文思睿天泽宸家铭嘉昊晨鑫鹏凯翔瑞阳毅帆航奕涵辰皓然逸梓霖煜恒诚一乐为予安哲乔'],
  ],
  female: [
    [1900, '秀英兰珍桂玉芳凤琴宝妹莲美林金云香月素惠淑彩娣巧翠梅菊爱瑞仙红华文明春银根花芝素娥招弟'],
    [1966, '丽敏静燕娟芳霞艳红玲娜洁萍琳莉颖倩蕾婷琼慧英华晓春雪梅文佳薇岚青云海平虹群怡蓓蓉芬君'],
    [1990, '欣怡涵梓诗雨佳子萱琪悦思琳雅嘉语晨可妍彤馨瑶雪婷静文若心颖菲宁芸汐忆依然一艺乐安琦蕊希昕'],
  ],
};

/** A surname as often as it is met. */
export function drawSurname(random: Random): string {
  return random.weighted(SURNAMES);
}

/** One or two characters in the fashion of the year of birth; `kept` is one that brothers and sisters share. */
export function drawGivenName(random: Random, sex: Sex, year: number, kept?: string): string {
  const fashions = GIVEN[sex];
  const characters = fashions.findLast(([from]) => year >= from)?.[1] ?? '';
  if (kept !== undefined) return kept + drawCharacter(random, characters);
  const isSingle = random.chance(year < 1966 ? 0.12 : year < 1990 ? 0.38 : 0.1);
  return isSingle ? drawCharacter(random, characters) : drawCharacter(random, characters) + drawCharacter(random, characters);
}

/** As names are: few characters are frequent, many are rare, and one in twenty names has one that is not in fashion. */
function drawCharacter(random: Random, characters: string): string {
  const from = random.chance(0.08) ? RARE : characters;
  const at = Math.floor(from.length * random.next() ** 1.6);
  return from.charAt(at);
}

const RARE = '珺玥琰璟瑾珂琬沁湘潇洲淇澜溪漪渊浚淳汐沐昱晟曜昕旻晗晖暄煦炜烨焕灿炎焱煊楠桐梓枫柯栋楷槿樱萱芷苒荷菁菡蔓蕴薇蘅钰铮锐铎锦铠霏雯霁霄露震霆骁骏骥驰骋鸿鹤鸣鹭翎翊翰翀翱彦彬影衡徽徵恺恬恪悠惟懿愫嵘峥岳崇崎崧嵩屹邦邺郁都';

const byReading = new Map<string, string[]>();
for (const character of new Set(Object.values(GIVEN).flat().flatMap(([, characters]) => Array.from(characters)).concat(Array.from(RARE), Array.from(FREQUENT.replace(/\d/gu, '')), Array.from(OTHERS)))) {
  const reading = pinyin(character, { toneType: 'none' });
  byReading.set(reading, [...byReading.get(reading) ?? [], character]);
}

/** Another character of the same sound, as whoever types by ear takes it; undefined where names have none. */
export function homophone(random: Random, character: string): string | undefined {
  const others = (byReading.get(pinyin(character, { toneType: 'none' })) ?? []).filter((other) => other !== character);
  return others.length === 0 ? undefined : others[random.int(0, others.length - 1)];
}

const SHAPES = '未末 土士 侯候 晴睛 杨扬 祥详 清请 宣宜 瑞端 玮伟 莉梨 婷停 霞暇 俊峻 洁浩 涛祷 鹏朋 斌赋 丽俪 芳芬 静净 强弘 荣莹 辉挥 刚钢 峰锋 佳住 怡恰 欣忻 雨两 雪雷 建健 洋祥 波坡 江红 桂佳 秀季 凤风 薇徽 妍研 萌明 宇字 轩轴 泽择 睿容 嘉喜 昊吴 宁守 梓棒 萱宣 瑶摇 春泰 玉王 福富 林材 明朋 文丈 华毕 军车 平干 英黄'.split(' ');

/** A character that looks like this one; undefined where none does. */
export function lookAlikeOf(random: Random, character: string): string | undefined {
  const pairs = SHAPES.filter((pair) => pair.includes(character));
  return pairs.length === 0 ? undefined : pairs[random.int(0, pairs.length - 1)]?.replace(character, '');
}

const TRADITIONAL = new Map('张張 刘劉 陈陳 杨楊 黄黃 赵趙 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 许許 邓鄧 韩韓 冯馮 肖蕭 叶葉 苏蘇 吕呂 卢盧 钟鍾 谭譚 陆陸 范範 贾賈 邹鄒 闫閆 龙龍 贺賀 顾顧 龚龔 万萬 钱錢 严嚴 汤湯 国國 华華 军軍 伟偉 强強 飞飛 辉輝 刚剛 锋鋒 剑劍 学學 卫衛 红紅 宁寧 东東 兰蘭 凤鳳 宝寶 丽麗 静靜 艳艷 玲玲 洁潔 颖穎 琼瓊 云雲 岚嵐 虹虹 轩軒 泽澤 铭銘 凯凱 荣榮 贵貴 义義 庆慶 兴興 发發 财財 顺順 树樹 诗詩 语語 萱萱 艺藝 乐樂 逸逸 恒恆 诚誠 娅婭 莲蓮 鹏鵬 杰傑 峰峯 哲喆 坤堃 晓曉 翘翹 钰鈺 锐銳 锦錦 骏駿 鸿鴻 鹤鶴'.split(' ').map((pair) => [pair.charAt(0), pair.charAt(1)] as const));

/** The name in traditional characters. */
export function traditional(name: string): string {
  return Array.from(name).map((character) => TRADITIONAL.get(character) ?? character).join('');
}

/** Surname and given name in letters, `Ouyang` and `Xiaoming`. */
export function pinyinOf(family: string, given: string): { readonly family: string; readonly given: string } {
  const spell = (syllables: readonly string[]): string => {
    const letters = syllables.join('').replace('ü', 'v');
    return letters.charAt(0).toUpperCase() + letters.slice(1);
  };
  return { family: spell(pinyin(family, { mode: 'surname', toneType: 'none', type: 'array' })), given: spell(pinyin(given, { toneType: 'none', type: 'array' })) };
}
