import { describe, expect, it } from 'vitest';
import { addressOf, compareAddresses } from '../../../src/identity/matching/addresses.ts';
import { comparePhones, normalizePhone } from '../../../src/identity/matching/phones.ts';

describe('phones', () => {
  it.each([
    ['10012345670', '10012345670'], ['+86 100-1234-5670', '10012345670'], ['008610012345670', '10012345670'], ['8610012345670', '10012345670'], ['１００１２３４５６７０', '10012345670'],
    ['021-62345679', '62345679'], ['(021) 6234 5679', '62345679'], ['+86 21 62345679', '62345679'], ['62345679', '62345679'], ['021-62345679-8012', '62345679'], ['62345679转8012', '62345679'], ['+44 20 7946 0958', '+442079460958'],
  ])('%s is %s', (text, phone) => expect(normalizePhone(text)).toBe(phone));
  it.each(['', '-', '110', '00000000', '11111111111', '12345678', '无', 'n/a', 42])('%j is none', (text) => expect(normalizePhone(text)).toBeUndefined());

  it('of one kind agree, nearly agree or differ', () => {
    expect(comparePhones(['10012345670'], ['10012345670', '62345679'])).toBe('same');
    expect(comparePhones(['62345679'], ['62345679'])).toBe('landline');
    expect(comparePhones(['10012345670'], ['10012345760'])).toBe('digit');
    expect(comparePhones(['10012345670'], ['10099999990'])).toBe('differs');
    expect(comparePhones([], ['10012345670'])).toBe('missing');
  });
});

describe('addresses', () => {
  const full = '上海市黄浦区梧桐路120弄5号1203室';
  it.each([
    [{ text: full }, { line: ['梧桐路120弄5号1203室'], district: '黄浦区' }, 'same'],
    [{ text: full }, { text: '黄埔区梧桐路１２０弄５号１２０３室' }, 'same'], // 黄埔 for 黄浦, full-width digits
    [{ text: full }, { text: '梧桐路120弄5号' }, 'building'],
    [{ text: full }, { text: '梧桐路80号' }, 'road'],
    [{ text: full }, { text: '上海市卢湾区银杏路9号' }, 'district'], // became part of 黄浦
    [{ text: full }, { text: '上海市静安区银杏路9号' }, 'differs'],
    [{ text: full }, { text: '上海市静安区' }, 'differs'],
    [{ text: full }, { text: '上海市黄浦区' }, 'missing'], // that it is the same district is all that it tells
    [{ text: full }, { text: '梧桐路' }, 'missing'],
    [{ text: full }, { text: '上海市黃浦區梧桐路120弄5號1203室' }, 'same'],
  ])('%j and %j: %s', (a, b, level) => {
    const [left, right] = [addressOf(a)!, addressOf(b)!];
    expect(compareAddresses([left], [right])).toBe(level);
    expect(compareAddresses([right], [left])).toBe(level);
  });

  it('without anything to compare are none', () => expect([addressOf({}), addressOf({ text: '' }), addressOf({ line: 'x' })]).toEqual([undefined, undefined, undefined]));
});
