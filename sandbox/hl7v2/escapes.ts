import { type Delimiters, STANDARD } from './delimiters.ts';
import { Hl7Error } from './hl7-error.ts';

/** What one escape sequence means, as bytes; undefined for one that is to be kept as it stands. */
const meaningOf = (sequence: string, delimiters: Delimiters): string | undefined => {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation;
    case '.br':
      return '\n';
    default:
      return /^X(?:[0-9A-Fa-f]{2})+$/.test(sequence)
        ? Buffer.from(sequence.slice(1), 'hex').toString('latin1')
        : undefined;
  }
};

/** Lines and blanks that one escape may stand for: a message of `\.sp999\` alone would be a text of half a gigabyte. */
const REPEATED_MAX = 20;

/**
 * What formats a text (HL7 v2.5 chapters 2.7.2 and 2.7.6) in a plain one: lines and blanks where it has them, and nothing for
 * highlighting, indents and filling. Undefined for what is none of these: what a sender means by `\Zxx\` nobody else knows.
 */
export const formatOf = (sequence: string): string | undefined => {
  const [, command, count = '1'] = /^(?:[HN]|\.(br|sp|ce|sk|in|ti|fi|nf) ?[+-]?(\d{1,3})?)$/.exec(sequence) ?? [];
  if (command === undefined) return /^[HN]$/.test(sequence) ? '' : undefined;
  const times = Math.min(Number(count), REPEATED_MAX);
  if (command === 'sk') return ' '.repeat(times);
  if (command === 'sp') return '\n'.repeat(times);
  return command === 'br' || command === 'ce' ? '\n' : '';
};

/**
 * Undoes the escapes of a value (HL7 v2.5 chapter 2.7), bytes to bytes: `\F\ \S\ \T\ \R\ \E\`, `\P\` where MSH-2 declares
 * truncation, `\X0D0A\`, and `\.br\` as a line feed. Every other sequence (`\H\`, `\.sp2\`, `\Zxx\`), and an escape character
 * that begins none, stays as it is unless `otherwise` knows what it means.
 */
export const undoEscapes = (
  encoded: string,
  delimiters: Delimiters,
  otherwise: (sequence: string) => string | undefined = () => undefined,
): string => {
  const mark = delimiters.escape;
  if (mark === undefined || !encoded.includes(mark)) return encoded;
  let text = '';
  let at = 0;
  for (;;) {
    const begin = encoded.indexOf(mark, at);
    const end = begin < 0 ? -1 : encoded.indexOf(mark, begin + 1);
    if (end < 0) return text + encoded.slice(at);
    text += encoded.slice(at, begin);
    const sequence = encoded.slice(begin + 1, end);
    text += meaningOf(sequence, delimiters) ?? otherwise(sequence) ?? encoded.slice(begin, end + 1);
    at = end + 1;
  }
};

/** A control character would end the segment or the frame, or vanish in a reader; DEL is one too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped.
const CONTROL = /[\0-\x1f\x7f]/;

const letterOf = (character: string, delimiters: Delimiters): string | undefined => {
  const { field, component, subcomponent, repetition, truncation } = delimiters;
  if (character === field) return 'F';
  if (character === component) return 'S';
  if (character === subcomponent) return 'T';
  if (character === repetition) return 'R';
  if (character === delimiters.escape) return 'E';
  if (character === truncation) return 'P';
  if (character === '\n') return '.br';
  return CONTROL.test(character)
    ? `X${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    : undefined;
};

// In a class of a regular expression any punctuation mark may be escaped.
const specialOf = ({ field, encoding }: Delimiters): RegExp =>
  new RegExp(`[\\0-\\x1f\\x7f${[field, ...encoding].map((one) => `\\${one}`).join('')}]`, 'g');
const STANDARD_SPECIAL = specialOf(STANDARD);

/** Escapes delimiters, line breaks and control characters of a value. Throws Hl7Error where MSH-2 has no escape character. */
export const addEscapes = (binary: string, delimiters: Delimiters): string => {
  const special = delimiters === STANDARD ? STANDARD_SPECIAL : specialOf(delimiters);
  return binary.replace(special, (character) => {
    const letter = letterOf(character, delimiters);
    if (letter === undefined) return character;
    if (delimiters.escape === undefined)
      throw new Hl7Error('The text holds a delimiter or a line break, and MSH-2 declares no escape character', {
        at: { segment: 'MSH', field: 2 },
      });
    return `${delimiters.escape}${letter}${delimiters.escape}`;
  });
};
