import { flag, list, name, oneOf, orElse, type Read, record, text } from './shape.ts';
import type { Basis, Item, Tree } from './tree.ts';

/** Ids are part of URLs, of `--answers Q1=yes` and of element ids in the drawing. */
const id = name(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'an id (a letter, then letters, digits and hyphens)');
const basis: Read<Basis> = oneOf('chapter', 'inference');
const item: Read<Item> = record({ id, basis, text }, {});
const named = { key: (one: { readonly id: string }) => one.id };
const items = orElse(list(item, named), []);

const transition = record(
  { basis, label: text, because: text, examples: items },
  // That exactly one of the two is there is the checker's to say: it can name the question.
  { question: id, pattern: id },
);

const question = record(
  {
    id,
    basis,
    text,
    short: text,
    help: items,
    answers: record({ yes: transition, no: transition }, {}),
    considerations: items,
  },
  {},
);

const when = record(
  {},
  {
    purpose: oneOf('direct-care', 'secondary-use'),
    providerAlwaysAvailable: flag,
    quickResponse: flag,
    humanStep: flag,
    batch: flag,
    outcome: list(id, { min: 1 }),
  },
);

/** The shape of a tree file. The graph it describes is checked by check.ts. */
export const treeShape: Read<Tree> = record(
  {
    title: text,
    edition: record({ title: text }, { chapter: text, edited: text, url: text }),
    introduction: items,
    benefits: items,
    guidelines: items,
    needs: orElse(record({ clinicians: items, citizens: items }, {}), { clinicians: [], citizens: [] }),
    considerations: orElse(record({ business: items, technical: items }, {}), { business: [], technical: [] }),
    start: id,
    // A bound, so that a hostile file cannot make the walk or the drawing unbounded.
    questions: list(question, { min: 1, max: 200, ...named }),
    outcomes: list(record({ pattern: id, title: text }, {}), {
      min: 1,
      max: 200,
      key: (outcome) => outcome.pattern,
    }),
    warnings: orElse(list(record({ id, basis, text, when }, { pattern: id }), named), []),
  },
  { scope: item },
);
