/** A day as year, month and day; month or day 0 where they are not known. */
export interface Day { readonly year: number; readonly month: number; readonly day: number }

const FIRST_YEAR = 1899;
/**
 * The lunar years 1899 to 2100, each a number in base 36: the days from 20 January to its New Year (from bit 17), a bit
 * for each month that has 30 days, in their order with the leap month (from bit 4), and after which month the leap month stands.
 */
const YEARS = [
  '1ny34 wwmg 2cx7k 1inv4 r8o5 24ek0 172k0 fx44 1vwdc 11imo 7nz6 1nmzk uh5i 2ag5s 1cnu8 io51 1yguo 13t0w 9fgy 1r05s 10b3b 2gd9c 1ij4g os7p 24rc0 196qo d55g',
  '1w0u8 11t3k b40y 1o9wg t8x2 2744w 1cnzk ihyd 1z89s 16qm8 cj9v 1qg0g wvuf 2d7hs 1htww kkom 21z9s 19fa8 gg2c 1wg1s 11ifk 7y9e 1nxao r55j 2749s 1cp1s lkf9',
  '1yqe8 14j0w dt43 1ts4g vty0 2aeeo 1hug0 nexi 21zrk 19jq8 fbys 1wpjk 112n4 3wxf 1l48g tyuf 274ww 1crdc lpnp 221b4 14b4g adv8 1qpio wptk 29pe8 1f1lc nh5i',
  '251u8 1a528 glsk 1wksw 12twa 2fzvk 1kfa8 ps9i 279e8 1d1n4 mckl 22bkw 17alc 9c2r 1nwj4 wqco 2cko0 1f61c oh3p 24how 19iy8 d3g4 1t2gg ymcw 7hr6 1knts rolz',
  '2ahq8 1fk40 j6t1 1z5u8 13s9c 9d5g 1nxow wsyx 2csgw 1ikpc p1nq 250o0 1a1xs fwmc 1t2zk yngw 7iua 1nleo qkie 27ads 1cb74 hylx 1wjao 13stc 9dnn 1qt1s wy7f',
  '2d9uo 1icsw os6u 21y28 16jsg bph1 1t428 yppc 80ma 1o6qo unh3 27tcg 1cnyo io5x 1yna8 110sw 9mlf 1r3ps 10e94 2dk4g 1ij4w ndra 21y7k 16kbk bu50 1t9ao 115sg',
  '4377 1krhs r54n 2744w 19uwg iqat 1ypi8 14bww ah0k 1qso0 x8ig 2d7io 1f0sw klp2 21zdc 19g2o c9ck 1tt8w 11ork 84lv 1lahs ri7b 274o0 1cp5c irdx 1yty8 14m6o',
  'chpg 1nkj4 t75k 29vow 1f1dc km7a 221ls 19lb4 g2tw 1tlqo ymy8 4m9e 1klgw',
].join(' ').split(' ').map((text) => Number.parseInt(text, 36));
const DAY_MS = 86_400_000;

/**
 * The lunar date of a day of the common calendar: its year is that of the lunar New Year before it, a leap month has the
 * number of the month that it repeats. Many who were born before 1980 know this date only, and give it as if it were of the common calendar.
 *
 * @returns undefined outside 1899 to 2100, or where the day is not known
 */
export function lunarDateOf({ year, month, day }: Day): Day | undefined {
  if (month === 0 || day === 0) return undefined;
  const at = Date.UTC(year, month - 1, day);
  const lunarYear = at >= newYearOf(year) ? year : year - 1;
  const code = YEARS[lunarYear - FIRST_YEAR];
  if (code === undefined) return undefined;
  return inYear(lunarYear, code, Math.round((at - newYearOf(lunarYear)) / DAY_MS));
}

function inYear(year: number, code: number, days: number): Day | undefined {
  const leap = code & 15;
  let rest = days;
  for (let index = 0; index < (leap === 0 ? 12 : 13); index++) {
    const length = ((code >> (4 + index)) & 1) === 1 ? 30 : 29;
    if (rest < length) return { year, month: leap === 0 || index < leap ? index + 1 : index, day: rest + 1 };
    rest -= length;
  }
  return undefined;
}

function newYearOf(year: number): number {
  const code = YEARS[year - FIRST_YEAR];
  return code === undefined ? Number.POSITIVE_INFINITY : Date.UTC(year, 0, 20) + (code >> 17) * DAY_MS;
}
