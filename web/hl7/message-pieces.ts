import { placeKey } from './place-key.ts';

/** A piece of a line: a value that can be chosen, or what stands between values. */
export interface Piece {
  readonly text: string;
  /** Of a value: where it is (placeKey). */
  readonly place?: string;
}

/** Cuts a text at characters, which stay as pieces of their own. */
const cut = (text: string, by: string): { readonly text: string; readonly isMark: boolean }[] =>
  by === ''
    ? [{ text, isMark: false }]
    : text
        .split(by)
        .flatMap((part, index) => [
          ...(index === 0 ? [] : [{ text: by, isMark: true }]),
          { text: part, isMark: false },
        ]);

/** Values of a text that is cut by these characters, outermost first; `path` gets the number of each part. */
const valuesOf = (
  text: string,
  marks: readonly string[],
  path: readonly number[],
  name: (path: readonly number[]) => string,
): Piece[] => {
  const [by, ...inner] = marks;
  if (by === undefined) return text === '' ? [] : [{ text, place: name(path) }];
  let number = 0;
  return cut(text, by).flatMap(({ text: part, isMark }) => {
    if (isMark) return [{ text: part }];
    number += 1;
    return valuesOf(part, inner, [...path, number], name);
  });
};

/** The lines of a message, each in pieces; joined again they are the same text. */
export const messagePieces = (message: string): readonly (readonly Piece[])[] => {
  const lines = message.split(/\r\n|\r|\n/).filter((line) => line !== '');
  const head = lines[0] ?? '';
  const field = head[3] ?? '|';
  const [component = '', repetition = '', , subcomponent = ''] = head.slice(4, head.indexOf(field, 4));
  const seen = new Map<string, number>();
  return lines.map((line, index) => {
    const segment = line.slice(0, 3);
    const occurrence = (seen.get(segment) ?? 0) + 1;
    seen.set(segment, occurrence);
    const [, ...fields] = line.split(field);
    const pieces = fields.flatMap((text, at): Piece[] => {
      // MSH-1 is the separator itself, and MSH-2 declares the others.
      const number = at + (index === 0 ? 2 : 1);
      if (index === 0 && number === 2) return [{ text: `${field}${text}` }];
      const name = ([rep = 1, comp = 1, sub = 1]: readonly number[]): string =>
        placeKey(`${segment}[${occurrence}]-${number}[${rep}].${comp}.${sub}`);
      return [{ text: field }, ...valuesOf(text, [repetition, component, subcomponent], [], name)];
    });
    return [{ text: segment }, ...pieces];
  });
};
