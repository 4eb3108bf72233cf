import { isUtf8 } from 'node:buffer';
import { Hl7Error } from './hl7-error.ts';

/**
 * How the bytes of a message are text. Messages are taken apart as *binary strings*, one character a byte: the delimiters are
 * ASCII, which every character set here contains and never uses inside a character, so bytes that are no text at all pass
 * through untouched, and only a value that somebody asks for is decoded.
 */
export interface Charset {
  /** As MSH-18 calls it. */
  readonly name: string;
  /** Binary string → text. */
  decode(binary: string): string;
  /** Text → binary string; throws Hl7Error where a character does not exist in it. */
  encode(text: string): string;
}

const ASCII = /^[\0-\x7f]*$/;
const AT = { segment: 'MSH', field: 18 } as const;

const toUtf8 = (binary: string): string => Buffer.from(binary, 'latin1').toString('utf8');

const narrow = (name: string, text: string, encode: (character: string) => string | undefined): string => {
  if (ASCII.test(text)) return text;
  let binary = '';
  for (const character of text) {
    const byte = encode(character);
    if (byte === undefined) {
      const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      throw new Hl7Error(`U+${point} cannot be written in ${name}, the character set in MSH-18; UNICODE UTF-8 has it`, {
        at: AT,
      });
    }
    binary += byte;
  }
  return binary;
};

/** ISO 8859-15 is 8859-1 but for eight characters. */
const LATIN_9: Readonly<Record<string, string>> = {
  '\xa4': '€',
  '\xa6': 'Š',
  '\xa8': 'š',
  '\xb4': 'Ž',
  '\xb8': 'ž',
  '\xbc': 'Œ',
  '\xbd': 'œ',
  '\xbe': 'Ÿ',
};
const LATIN_9_BACK = Object.fromEntries(Object.entries(LATIN_9).map(([byte, character]) => [character, byte]));

/**
 * What Windows has where 8859/1 has control characters, which no text holds: what is said to be 8859/1, or says nothing, comes
 * from Windows as a rule (O’BRIEN), and is read so, as browsers do (WHATWG Encoding). Nothing is written so.
 */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const readLatin = (binary: string): string =>
  binary.replace(/[\x80-\x9f]/g, (byte) => WINDOWS.charAt(byte.charCodeAt(0) - 0x80));

const latin = (character: string): string | undefined => (character <= '\xff' ? character : undefined);

/**
 * MSH-18 empty means ASCII, and is what a sender leaves empty who has not thought about it: bytes beyond ASCII are read as
 * UTF-8 where they are that, else as 8859/1. Writing is strict.
 */
const ascii: Charset = {
  name: 'ASCII',
  decode: (binary) =>
    ASCII.test(binary) ? binary : isUtf8(Buffer.from(binary, 'latin1')) ? toUtf8(binary) : readLatin(binary),
  encode: (text) => narrow('ASCII', text, () => undefined),
};
const latin1: Charset = { name: '8859/1', decode: readLatin, encode: (text) => narrow('8859/1', text, latin) };
const latin9: Charset = {
  name: '8859/15',
  decode: (binary) => binary.replace(/[\xa4\xa6\xa8\xb4\xb8\xbc-\xbe]/g, (byte) => LATIN_9[byte] ?? byte),
  encode: (text) =>
    narrow('8859/15', text, (character) =>
      LATIN_9[character] === undefined ? (LATIN_9_BACK[character] ?? latin(character)) : undefined,
    ),
};
const utf8: Charset = {
  name: 'UNICODE UTF-8',
  decode: (binary) => (ASCII.test(binary) ? binary : toUtf8(binary)),
  encode: (text) => (ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')),
};

/** Table 0211, and what senders write instead. `UNICODE` is what the English ITK messages say, in UTF-8. */
const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['', ascii],
  ['ASCII', ascii],
  ['8859/1', latin1],
  ['ISO-8859-1', latin1],
  ['8859/15', latin9],
  ['ISO-8859-15', latin9],
  ['UNICODE UTF-8', utf8],
  ['UNICODE', utf8],
  ['UTF-8', utf8],
  ['UTF8', utf8],
]);

const unknown = (name: string): Charset => {
  const check = (text: string): string => {
    if (ASCII.test(text)) return text;
    throw new Hl7Error(
      `The character set in MSH-18 is not known here; ASCII, 8859/1, 8859/15 and UNICODE UTF-8 are. Only ASCII can be read`,
      { condition: 103, at: AT },
    );
  };
  return { name, decode: check, encode: check };
};

/** Any other character set is taken apart and kept byte for byte, but only those of its values that are ASCII can be read. */
export const charsetOf = (name: string): Charset => CHARSETS.get(name.trim().toUpperCase()) ?? unknown(name.trim());

const KNOWN: ReadonlySet<Charset> = new Set(CHARSETS.values());

/** Whether lines of binary strings can be read as text under it: always where its name is known. */
export const canRead = (charset: Charset, lines: readonly string[]): boolean =>
  KNOWN.has(charset) || lines.every((line) => ASCII.test(line));
