import { Hl7Error } from './hl7-error.ts';

/** The characters that structure a message, as MSH-1 and MSH-2 declare them. */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition?: string;
  readonly escape?: string;
  readonly subcomponent?: string;
  /** Since v2.7. */
  readonly truncation?: string;
  /** MSH-2 as it stands. */
  readonly encoding: string;
}

export const STANDARD: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  encoding: '^~\\&',
};

/** Visible ASCII that is neither a letter nor a digit: anything else would be mistaken for a name or a value. */
const LEGAL = /^[!-/:-@[-`{-~]$/;
const NAMES = ['component', 'repetition', 'escape', 'subcomponent', 'truncation'] as const;
const SHOWN = 20;

/**
 * Reads the delimiters of a header line (MSH, FHS, BHS). MSH-2 may be shorter than four characters: what is left out cannot
 * occur, so there are no subcomponents, no escapes, no repetitions. Throws Hl7Error.
 */
export const readDelimiters = (line: string, position = 0): Delimiters => {
  const segment = line.slice(0, 3);
  const fail = (what: string, field: number, offset: number) =>
    new Hl7Error(what, { at: { segment, field }, position: position + offset });
  const field = line[3];
  if (field === undefined || !LEGAL.test(field))
    throw fail(
      `${segment}-1 is the character after ${segment}, a punctuation mark that separates the fields; there is none`,
      1,
      3,
    );
  const end = line.indexOf(field, 4);
  const encoding = line.slice(4, end < 0 ? undefined : end);
  if (field === STANDARD.field && encoding === STANDARD.encoding) return STANDARD;
  const wrong = (why: string, offset = 0) =>
    fail(`${segment}-2 declares the delimiters, ${STANDARD.encoding} as a rule; ${why}`, 2, 4 + offset);
  if (encoding === '') throw wrong('it is empty');
  if (encoding.length > NAMES.length) throw wrong(`it has ${Math.min(encoding.length, SHOWN)} characters or more`);
  const found: { [N in (typeof NAMES)[number]]?: string } = {};
  for (const [index, character] of [...encoding].entries()) {
    const name = NAMES[index];
    if (name === undefined || !LEGAL.test(character)) throw wrong('its characters are punctuation marks', index);
    if (character === field || encoding.indexOf(character) !== index)
      throw wrong('each of its characters occurs once, and none is MSH-1', index);
    found[name] = character;
  }
  const { component = '', ...others } = found;
  return { field, component, ...others, encoding };
};
