import type { Random } from './random.ts';

export type Sex = 'male' | 'female';

const FAMILY = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹沈陆顾钱戴'.split('');
const MALE = '伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙建国志文'.split('');
const FEMALE = '芳娜秀敏静丽艳娟霞燕玲桂琴兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛雅晴雨'.split('');
const ROADS = ['梧桐路', '桂香路', '云桥路', '澄心路', '浦滨路', '霁明路', '银杏路', '望江路', '石库门路', '同心路'] as const;
const CHILD_OF = { male: '之子', female: '之女' } as const;

/** A Chinese name of two or three characters; some people share one, as in life. */
export function personName(random: Random, sex: Sex, family: string = oneOf(random, FAMILY)): string {
  const given = sex === 'male' ? MALE : FEMALE;
  return family + oneOf(random, given) + (random.chance(0.8) ? oneOf(random, given) : '');
}

/** What a ward calls a child that has no name yet: its mother's name and "son of", "daughter of". */
export function newbornName(mother: string, sex: Sex): string {
  return mother + CHILD_OF[sex];
}

/** A street address of the district; the roads exist on no map. */
export function homeAddress(random: Random): string {
  return `${random.pick(ROADS)}${random.int(1, 699)}弄${random.int(1, 40)}号${random.int(1, 18)}0${random.int(1, 6)}室`;
}

/** A number of the mobile form in a range that no operator has given out. */
export function mobileNumber(random: Random): string {
  return `1000${String(random.int(0, 9_999_999)).padStart(7, '0')}`;
}

function oneOf(random: Random, list: readonly string[]): string {
  return list[random.int(0, list.length - 1)] ?? '';
}
