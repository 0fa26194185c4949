import { describe, expect, it } from 'vitest';
import { compareTwoNames } from '../../../src/identity/matching/compare-name.ts';
import type { Name } from '../../../src/identity/matching/names/name.ts';
import { readName } from '../../../src/identity/matching/names/read-name.ts';
import { isPinyin, surnameReading } from '../../../src/identity/matching/names/pinyin.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';

function read(name: string | JsonObject): Name {
  const result = readName(typeof name === 'string' ? { text: name } : name);
  if (result === undefined) throw new Error('not a name');
  return result;
}

function level(a: string | JsonObject, b: string | JsonObject): string {
  const [left, right] = [read(a), read(b)];
  expect(compareTwoNames(right, left)).toBe(compareTwoNames(left, right));
  return compareTwoNames(left, right);
}

describe('names in characters', () => {
  it.each([
    ['张伟', '张 伟', 'exact'],
    ['張偉', '张伟', 'exact'], // 繁简
    ['劉曉峯', '刘晓峰', 'exact'],
    ['陈喆', '陈哲', 'exact'], // a rare form that older systems cannot write
    ['萧红', '肖红', 'exact'],
    ['买买提·艾山', '买买提•艾山', 'exact'],
    ['买买提·艾山', '买买提艾山', 'exact'],
    ['王芳（新）', '王芳', 'exact'],
    ['张晓铭', '张小明', 'homophone'],
    ['章伟', '张伟', 'homophone'],
    ['单雄信', '善雄信', 'homophone'], // 单 is shan as a surname
    ['李未', '李末', 'look-alike'],
    ['王俊杰', '王峻杰', 'homophone'],
    ['张小伟', '张大伟', 'one-character'],
    ['王芳1', '王芳2', 'family-only'], // told apart by their institution
    ['无名患者甲1', '无名患者甲2', 'family-only'],
    ['王芳2', '王芳2', 'exact'],
    ['王芳', '王芳2', 'exact'], // another institution has but one
    ['张小伟', '张伟', 'one-character'], // left out
    ['张小伟', '王小伟', 'one-character'], // the child has the other parent's name now
    ['张伟明', '张明伟', 'one-character'], // turned
    ['张伟', '张军', 'family-only'],
    ['张伟', '王芳', 'differs'],
    ['欧阳修', '欧阳雪', 'family-only'],
  ])('%s and %s: %s', (a, b, expected) => expect(level(a, b)).toBe(expected));

  it.each([['单', 'shan'], ['曾', 'zeng'], ['仇', 'qiu'], ['尉迟', 'yuchi'], ['万俟', 'moqi'], ['解', 'xie'], ['查', 'zha'], ['任', 'ren'], ['吕', 'lu']])('the surname %s is read %s', (surname, reading) => expect(surnameReading(surname)).toBe(reading));

  it.each(['', '   ', '无名氏', '无名氏12', '无名氏A', '无名男', '无名女2', '急诊1号', '抢救患者A3', '不详', '王*', '李?明', '张某某', '王女士', '123', 'unknown', '测试1'])('%j is nobody', (text) => expect(readName({ text })).toBeUndefined());
});

describe('pinyin', () => {
  it.each([
    ['张晓明', 'Zhang Xiaoming'], ['张晓明', 'ZHANG XIAO MING'], ['张晓明', 'Xiaoming Zhang'], ['张晓明', 'ZhangXiaoMing'], ['张晓明', 'Zhāng Xiǎomíng'], ['曾国强', 'Zeng Guoqiang'], ['吕乐', 'Lv Yue'], ['吕乐', 'LYU LE'], ['欧阳雪', 'Ouyang Xue'], ['买买提·艾山', 'Maimaiti Aishan'],
  ])('%s is %s', (han, letters) => expect(level(han, letters)).toBe('pinyin'));

  it('of another name is another name', () => {
    expect(level('张晓明', 'Zhang Wei')).toBe('family-only');
    expect(level('张晓明', 'Li Na')).toBe('differs');
    expect(level('张晓明', 'John Smith')).toBe('scripts');
  });

  it('is told from other words', () => {
    expect(['zhang', 'xiaoming', 'xian', 'nu', 'guoqiang', 'er'].every(isPinyin)).toBe(true);
    expect(['smith', 'john', 'robert', 'zzz', 'v'].some(isPinyin)).toBe(false);
  });
});

describe('names in letters', () => {
  it.each([
    ['John Smith', 'JOHN SMITH', 'exact'],
    ['Smith, John', { family: 'Smith', given: ['John'] }, 'exact'],
    [{ family: 'Müller', given: ['Jürgen'] }, { family: 'Muller', given: ['Jurgen'] }, 'exact'],
    [{ family: "O'Brien", given: ['Jean-Pierre'] }, { family: 'OBrien', given: ['Jean Pierre'] }, 'exact'],
    [{ family: 'Smith', given: ['John'] }, { family: 'John', given: ['Smith'] }, 'swapped'],
    ['Robert Smith', 'Bob Smith', 'nickname'],
    ['Jonathan Smith', 'Johnathan Smith', 'typo'], // one letter more
    ['Margaret Schneider', 'Margaret Schnieder', 'typo'],
    ['John Henry Smith', 'John Smith', 'partial'],
    ['John H Smith', 'John Henry Smith', 'partial'],
    ['Mr John Smith', 'John Smith', 'exact'],
    ['Emily Smith', 'John Smith', 'family-only'],
    ['Emily Clark', 'John Smith', 'differs'],
    ['Zhang Xiao Ming', 'Xiaoming Zhang', 'exact'],
  ])('%j and %j: %s', (a, b, expected) => expect(level(a, b)).toBe(expected));
});

describe('names that were, nicknames, and children without a name', () => {
  it('meet a former name as a whole only', () => {
    expect(level({ text: '王建国', use: 'old' }, '王建国')).toBe('former');
    expect(level({ text: '王建国', use: 'maiden' }, '王建华')).toBe('differs');
    expect(level({ text: '小强', use: 'nickname' }, '小强')).toBe('nickname');
  });

  it.each([
    ['王芳之女', '王芳之女', 'placeholder'],
    ['王芳之女', '王芳婴儿', 'placeholder'],
    ['王芳之大女', '王芳之二女', 'other-child'],
    ['王芳之子', '王芳之女', 'other-child'],
    ['王芳之女', '李娜之女', 'differs'],
    ['王芳之女', '陈一诺', 'unnamed'],
    ['Baby girl of Emily Smith', 'Baby of Emily Smith', 'placeholder'],
  ])('%s and %s: %s', (a, b, expected) => expect(level(a, b)).toBe(expected));
});
