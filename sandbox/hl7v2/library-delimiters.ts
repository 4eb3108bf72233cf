import type { Delimiters } from './delimiters.ts';

// A binary string has no character beyond U+00FF: these stand for what the library must not mistake for a delimiter.
const LITERAL_FIELD = '\u0101';
const LITERAL_COMPONENT = '\u0102';
const REPETITION = '\u0103';
const SUBCOMPONENT = '\u0104';

/** How a message's delimiters become those of hl7-standard, which knows only `|` and `^`, and back. */
export interface Translation {
  /** Whether there is nothing to do. */
  readonly standard: boolean;
  /** The library's words: `subComponents` separates repetitions, `repeatingFields` subcomponents. */
  readonly options: { readonly subComponents: string; readonly repeatingFields: string };
  readonly there: Table;
  readonly back: Table;
}

interface Table {
  readonly characters: ReadonlyMap<string, string>;
  readonly every: RegExp;
}

const tableOf = (characters: ReadonlyMap<string, string>): Table => {
  const one = [...characters.keys()].map((character) => (character > '\xff' ? character : `\\${character}`));
  return { characters, every: new RegExp(`[${one.join('')}]`, 'g') };
};

const same: Table = { characters: new Map(), every: /(?!)/g };

const standardOf = ({ repetition = REPETITION, subcomponent = SUBCOMPONENT }: Delimiters): Translation => ({
  standard: true,
  options: { subComponents: repetition, repeatingFields: subcomponent },
  there: same,
  back: same,
});

export const translationOf = (delimiters: Delimiters): Translation => {
  const { field, component, repetition, subcomponent } = delimiters;
  if (field === '|' && component === '^') return standardOf(delimiters);
  const table = new Map([
    ['|', LITERAL_FIELD],
    ['^', LITERAL_COMPONENT],
    ...(repetition === undefined ? [] : ([[repetition, REPETITION]] as const)),
    ...(subcomponent === undefined ? [] : ([[subcomponent, SUBCOMPONENT]] as const)),
    [field, '|'],
    [component, '^'],
  ]);
  return {
    standard: false,
    options: { subComponents: REPETITION, repeatingFields: SUBCOMPONENT },
    there: tableOf(table),
    back: tableOf(new Map([...table].map(([ours, theirs]) => [theirs, ours]))),
  };
};

const translate = (text: string, { characters, every }: Table): string =>
  text.replace(every, (character) => characters.get(character) ?? character);

export const toLibrary = (text: string, { standard, there }: Translation): string =>
  standard ? text : translate(text, there);

export const fromLibrary = (text: string, { standard, back }: Translation): string =>
  standard ? text : translate(text, back);
