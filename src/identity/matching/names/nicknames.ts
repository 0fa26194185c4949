/** English given names and what they are shortened to; each line is one name. */
const GROUPS = [
  'robert bob bobby rob robbie bert', 'william bill billy will willy liam', 'richard rick dick rich ricky', 'james jim jimmy jamie', 'john jack johnny jon', 'jonathan jon jonny nathan', 'michael mike mick mickey', 'thomas tom tommy',
  'joseph joe joey', 'charles charlie chuck chas', 'christopher chris kit', 'daniel dan danny', 'matthew matt', 'anthony tony', 'andrew andy drew', 'david dave davy', 'edward ed eddie ted ned', 'steven steve stephen', 'kenneth ken kenny', 'timothy tim',
  'gregory greg', 'benjamin ben benny', 'samuel sam sammy', 'alexander alex sandy sasha', 'patrick pat paddy', 'nicholas nick nicolas', 'peter pete', 'philip phil phillip', 'ronald ron ronnie', 'donald don donnie', 'raymond ray', 'frederick fred freddie',
  'lawrence larry laurence', 'gerald gerry jerry', 'vincent vince', 'zachary zach zack', 'joshua josh', 'jeffrey jeff geoffrey', 'leonard len leo', 'francis frank', 'maximilian max', 'sebastian seb', 'dominic dom', 'elizabeth liz beth betty lisa eliza',
  'margaret maggie peggy meg margo', 'katherine kate kathy katie catherine cathy kat', 'jennifer jen jenny', 'patricia pat patty trish', 'barbara barb', 'susan sue suzie susanna', 'deborah deb debbie debra', 'rebecca becky becca', 'victoria vicky tori',
  'alexandra alex sandra sasha', 'jessica jess jessie', 'samantha sam', 'christina chris tina christine', 'amanda mandy', 'pamela pam', 'dorothy dot dottie', 'theresa teresa tess terry', 'nancy ann', 'anna ann anne annie', 'abigail abby gail', 'emily em emma', 'isabella bella izzy',
  'josephine jo josie', 'veronica ronnie', 'valerie val', 'natalie nat', 'caroline carol carrie', 'charlotte lottie', 'eleanor ellie nell', 'stephanie steph', 'penelope penny', 'gabriel gabe', 'nathaniel nate nathan', 'theodore theo ted', 'yevgeny zhenya evgeny', 'dmitry dima', 'vladimir vova', 'ekaterina katya', 'francisco paco pancho', 'jose pepe', 'guadalupe lupe',
];
const NAMES = new Map<string, Set<number>>();
GROUPS.forEach((group, index) => group.split(' ').forEach((name) => NAMES.set(name, new Set([...NAMES.get(name) ?? [], index]))));

/** True for two given names of which one is short for the other. */
export function isShortFor(a: string, b: string): boolean {
  const [left, right] = [NAMES.get(a), NAMES.get(b)];
  return left !== undefined && right !== undefined && [...left].some((group) => right.has(group));
}
