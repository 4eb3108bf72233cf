/** Widths of characters in em, rough enough for any sans-serif face: the drawing is made where no font can be measured. */
const widthOf = (character: string): number => {
  if (
    /[\u1100-\u{10ffff}]/u.test(character) &&
    /[\p{Script=Han}\p{Emoji_Presentation}\p{Script=Hangul}]/u.test(character)
  )
    return 1;
  if (/[iljtfr.,:;'|!()[\] ]/.test(character)) return 0.36;
  if (/[mwMW@%]/.test(character)) return 0.95;
  return /[A-Z]/.test(character) ? 0.72 : 0.61;
};

export const widthInEm = (text: string): number => [...text].reduce((sum, character) => sum + widthOf(character), 0);

/** Breaks a text into lines of at most `width` em, between words where it can and inside a word that is too long. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthInEm(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && widthInEm(line + character) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
};
