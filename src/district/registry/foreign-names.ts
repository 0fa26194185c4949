import type { Sex } from '../names.ts';
import type { Random } from '../random.ts';

const FAMILY = 'Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Hoffmann Dubois Laurent Bernard Moreau Lefebvre Rossi Russo Ferrari Esposito Romano García Fernández González Rodríguez López Martínez Sánchez Pérez Silva Santos Oliveira Souza Ivanov Petrov Sidorov Kuznetsov Novak Kowalski Nowak Tanaka Sato Suzuki Takahashi Watanabe Ito Yamamoto Nakamura Kim Park Choi Jung Kang Nguyen Tran Pham Patel Singh Sharma Gupta Khan Ahmed Hussain Okafor Mensah Haddad O\'Brien O\'Connor MacDonald McCarthy Van-Dijk De-Vries Smith-Jones Taylor-Clark'.split(' ');
const GIVEN: Readonly<Record<Sex, readonly string[]>> = {
  male: 'Robert William Richard James John Jonathan Michael Thomas Joseph Charles Christopher Daniel Matthew Anthony Andrew David Edward Steven Kenneth Timothy Gregory Benjamin Samuel Alexander Patrick Nicholas Peter Philip Ronald Donald Raymond Frederick Hans Klaus Jürgen Pierre Jean-Pierre Luca Marco José Carlos Dmitry Ivan Hiroshi Kenji Takashi Minho Jiho Ahmed Omar Rahul'.split(' '),
  female: 'Elizabeth Margaret Katherine Jennifer Patricia Barbara Susan Deborah Rebecca Victoria Alexandra Jessica Samantha Christina Amanda Pamela Dorothy Theresa Abigail Emily Isabella Josephine Veronica Natalie Caroline Charlotte Eleanor Stephanie Penelope Greta Heike Marie Anne-Marie Chiara Giulia María Lucía Ekaterina Olga Yuki Haruka Sakura Jiwoo Soyeon Fatima Aisha Priya'.split(' '),
};
const NICKNAMES = new Map('Robert Bob William Bill Richard Rick James Jim John Jack Jonathan Jon Michael Mike Thomas Tom Joseph Joe Charles Charlie Christopher Chris Daniel Dan Matthew Matt Anthony Tony Andrew Andy David Dave Edward Ed Steven Steve Kenneth Ken Timothy Tim Gregory Greg Benjamin Ben Samuel Sam Alexander Alex Patrick Pat Nicholas Nick Peter Pete Philip Phil Ronald Ron Donald Don Raymond Ray Frederick Fred Elizabeth Liz Margaret Maggie Katherine Kate Jennifer Jen Patricia Pat Susan Sue Deborah Debbie Rebecca Becky Victoria Vicky Alexandra Alex Jessica Jess Samantha Sam Christina Chris Amanda Mandy Theresa Tess Abigail Abby Isabella Bella Josephine Jo Stephanie Steph Penelope Penny Ekaterina Katya Dmitry Dima'.split(' ').reduce<[string, string][]>((pairs, word, at, all) => (at % 2 === 0 ? [...pairs, [word, all[at + 1] ?? '']] : pairs), []));

export interface ForeignName { readonly family: string; readonly given: string; readonly middle: string | undefined }

export function drawFamily(random: Random): string {
  return FAMILY[Math.floor(FAMILY.length * random.next() ** 1.4)] ?? '';
}

export function drawForeignName(random: Random, sex: Sex, family: string): ForeignName {
  const names = GIVEN[sex];
  const draw = (): string => names[Math.floor(names.length * random.next() ** 1.3)] ?? '';
  return { family, given: draw(), middle: random.chance(0.4) ? draw() : undefined };
}

/** What friends call somebody of this given name. */
export function nicknameOf(given: string): string | undefined {
  return NICKNAMES.get(given);
}

/** One letter left out, doubled, exchanged with its neighbour or taken for another. */
export function mistype(random: Random, word: string): string {
  const at = random.int(1, Math.max(1, word.length - 2));
  const [before, letter, next, after] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  return random.pick([before + next + after, before + letter + letter + next + after, before + next + letter + after, before + random.pick(['a', 'e', 'i', 'o', 'n', 's']) + next + after]);
}
