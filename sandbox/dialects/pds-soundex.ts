const DIGITS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'bfpv'].map((letter) => [letter, '1'])),
  ...Object.fromEntries([...'cgjkqsxz'].map((letter) => [letter, '2'])),
  ...Object.fromEntries([...'dt'].map((letter) => [letter, '3'])),
  l: '4',
  m: '5',
  n: '5',
  r: '6',
};

/** Letters that are not a base letter with a mark (so that NFD leaves them alone), as they are commonly written without. */
const WITHOUT_MARKS: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** For comparing names: lower case, without marks, one space between words. */
export const plainName = (name: string): string =>
  name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();

const lettersOf = (name: string): string =>
  [...plainName(name)]
    .map((letter) => WITHOUT_MARKS[letter] ?? letter)
    .join('')
    .replaceAll(/[^a-z]/g, '');

/** American Soundex, a letter and three digits: Smith and Smythe are both s530. Empty for a name without Latin letters. */
export const soundex = (name: string): string => {
  const letters = lettersOf(name);
  let code = letters.charAt(0);
  let last = DIGITS[code];
  for (const letter of letters.slice(1)) {
    const digit = DIGITS[letter];
    if (digit !== undefined && digit !== last) code += digit;
    // h and w do not part two letters of one sound; vowels do
    if (letter !== 'h' && letter !== 'w') last = digit;
    if (code.length === 4) break;
  }
  return code === '' ? '' : code.padEnd(4, '0');
};
