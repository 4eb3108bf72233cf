import { requireText } from '../../sandbox/act-values.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { documentBy, documentsOf, type Kept, keepDocument } from './documents.ts';
import { KINDS } from './kinds.ts';
import { personOf } from './person.ts';
import { type Settled, settle, unregister } from './settle.ts';
import { storeDocument } from './store-document.ts';

export const person = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  title: 'Person',
  description: 'An NHS number; or system|value, for people who have none',
  default: '9000000009',
};
export const document = {
  type: 'string',
  minLength: 1,
  maxLength: 120,
  title: 'Document or pointer',
  description: 'Binary/… or the id of its pointer: "List documents" shows both',
};
const flag = (title: string, byDefault: boolean) => ({ type: 'boolean', title, default: byDefault });
const words = (title: string, byDefault: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: 4000,
  title,
  default: byDefault,
});

export const requireDocument = async (ctx: Ctx, input: Readonly<Record<string, unknown>>): Promise<Kept> => {
  const id = requireText(input, 'document');
  const kept = await documentBy(ctx, ctx.sql, id);
  if (kept === undefined)
    throw problem(NOT_FOUND, `${ctx.participant.name} has no document ${id}`, { at: '/document' });
  return kept;
};

const orElse = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

const TEXT = 'In a crisis: sit with her, keep the lights low, call her sister first.';

const publish = async (input: Readonly<Record<string, unknown>>, ctx: Ctx): Promise<Settled> => {
  const kind = orElse(input.kind, '736253002');
  const about = {
    person: personOf(orElse(input.person, '9000000009')),
    kind,
    title: orElse(input.title, KINDS[kind]?.display ?? kind),
    text: orElse(input.text, TEXT),
    restricted: input.restricted === true,
  };
  const kept = await ctx.transaction(async (tx): Promise<Kept> => {
    const draft = await storeDocument(ctx, tx, about);
    const made = { draft, pointer: undefined, wanted: input.register !== false, gone: false, attempts: 0 };
    await keepDocument(ctx, tx, made);
    return made;
  });
  return settle(ctx, kept);
};

const kind = {
  type: 'string',
  title: 'Type of document',
  description: 'A SNOMED CT code; in words for what has none, where the registry takes that',
  default: '736253002',
  example: '325691000000100',
  maxLength: 100,
};

/** What a repository tells the registry of its documents. */
export const producerActs: Readonly<Record<string, Act>> = {
  'publish-document': {
    title: 'Keep a document and register it',
    summary: 'Stores it here and registers a pointer to it; what the registry does not answer is tried again later',
    input: {
      type: 'object',
      additionalProperties: false,
      properties: {
        person,
        kind,
        title: words('Title', 'Mental health crisis plan'),
        text: words('Content', TEXT),
        restricted: flag('Only for whom this repository allows', false),
        register: flag('Register it', true),
      },
    },
    run: publish,
  },
  'register-document': {
    title: 'Register a document (again)',
    summary: 'Registers one that is kept here; one that is registered already is refused as a duplicate',
    input: { type: 'object', required: ['document'], properties: { document }, additionalProperties: false },
    run: async (input, ctx) => {
      const kept = await requireDocument(ctx, input);
      if (kept.gone)
        throw problem(BAD_REQUEST, 'The document is gone; there is nothing to point to', { at: '/document' });
      return settle(ctx, { ...kept, pointer: undefined, wanted: true });
    },
  },
  'withdraw-pointer': {
    title: 'Withdraw a pointer',
    summary: 'Takes it out of the registry; the document, if it is there, stays',
    input: { type: 'object', required: ['document'], properties: { document }, additionalProperties: false },
    run: async (input, ctx) => unregister(ctx, await requireDocument(ctx, input)),
  },
  'list-documents': {
    title: 'List documents',
    summary: 'What this repository keeps, and how each stands with the registry',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => ({
      documents: (await documentsOf(ctx, ctx.sql)).map(({ draft, pointer, gone, wanted }) => ({
        document: draft.id,
        title: draft.title,
        person: draft.person,
        pointer: pointer ?? null,
        state: gone ? 'gone' : pointer !== undefined ? 'registered' : wanted ? 'to be registered' : 'not registered',
        restricted: draft.restricted,
      })),
    }),
  },
};
