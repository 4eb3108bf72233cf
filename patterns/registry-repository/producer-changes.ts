import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { read, remove, replace } from '../../sandbox/fhir/repository.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import { forgetDocument, type Kept, keepDocument } from './documents.ts';
import { typeOf } from './kinds.ts';
import { pointerTo } from './pointer.ts';
import { document, requireDocument } from './producer.ts';
import { bodyOf, change, complaintOf, readOwn, register } from './registry-call.ts';
import { settle } from './settle.ts';
import { binaryOf, storeDocument, writing } from './store-document.ts';

/** The agreed time within which a pointer follows its document (REG-13). */
export const AGREED = 3_600_000;

type Input = Readonly<Record<string, unknown>>;

const place = ({ draft: { id } }: Kept): readonly [string, string] => {
  const [type = '', name = ''] = id.split('/');
  return [type, name];
};

/** Takes the document away. What becomes of its pointer is told by `pointer`. */
const removeDocument = async (input: Input, ctx: Ctx): Promise<unknown> => {
  const kept = await requireDocument(ctx, input);
  const due = ctx.now() + AGREED;
  const gone: Kept = { ...kept, gone: true, wanted: false };
  await ctx.transaction(async (tx) => {
    await remove(writing(ctx), tx, ...place(kept));
    if (kept.pointer === undefined) await forgetDocument(ctx, tx, kept.draft.id);
    else await keepDocument(ctx, tx, gone);
    if (kept.pointer !== undefined && input.pointer !== 'now' && input.pointer !== 'never')
      await ctx.schedule(tx, { name: 'reconcile', due, data: { document: kept.draft.id } });
  });
  if (input.pointer === 'now') return settle(ctx, gone);
  const { pointer } = kept;
  return {
    state: 'removed',
    document: kept.draft.id,
    ...(pointer === undefined ? {} : { pointer }),
    ...(pointer === undefined || input.pointer === 'never' ? {} : { withdrawnAt: new Date(due).toISOString() }),
  };
};

/** A new version under an address of its own, whose pointer replaces the old one. */
const supersede = async (ctx: Ctx, kept: Kept, text: string): Promise<unknown> => {
  if (kept.pointer === undefined)
    throw problem(BAD_REQUEST, 'The document is not registered, so there is nothing to replace', { at: '/document' });
  const { person, kind, title, restricted } = kept.draft;
  const replaces = kept.pointer;
  const next = await ctx.transaction(async (tx): Promise<Kept> => {
    const draft = await storeDocument(ctx, tx, { person, kind, title, restricted, text, replaces });
    const made = { draft, pointer: undefined, wanted: true, gone: false, attempts: 0 };
    await keepDocument(ctx, tx, made);
    return made;
  });
  const settled = await settle(ctx, next);
  // The old document stays where it is, for whoever has its pointer in hand; the registry no longer leads there.
  if (settled.pointer !== undefined)
    await ctx.transaction((tx) => keepDocument(ctx, tx, { ...kept, pointer: undefined, wanted: false }));
  return { ...settled, replaced: replaces };
};

/** What careless systems do: the content changes, and the pointer still describes what was there before. */
const overwrite = async (ctx: Ctx, kept: Kept, text: string): Promise<unknown> => {
  await ctx.transaction(async (tx) => {
    const row = await read(ctx, tx, ...place(kept));
    await replace(writing(ctx), tx, row, binaryOf(text, kept.draft.restricted));
  });
  return { state: 'overwritten', document: kept.draft.id, pointer: kept.pointer ?? null };
};

const changePointer = async (input: Input, ctx: Ctx): Promise<unknown> => {
  const kept = await requireDocument(ctx, input);
  const read = await readOwn(ctx, kept.pointer ?? kept.draft.id.replace('/', '-'));
  const pointer = bodyOf(read);
  if (read.status !== 200 || !isResource(pointer))
    return { state: 'refused', status: read.status ?? null, because: complaintOf(read) ?? read.because ?? null };
  const description = typeof input.description === 'string' ? { description: input.description } : {};
  const type = typeof input.kind === 'string' ? { type: typeOf(input.kind) } : {};
  const answer = await change(ctx, pointer.id ?? '', { ...pointer, ...description, ...type });
  return {
    state: answer.status === 200 ? 'changed' : 'refused',
    pointer: pointer.id ?? null,
    status: answer.status ?? null,
    because: complaintOf(answer) ?? answer.because ?? null,
  };
};

/** Somebody else's custodian on a pointer of one's own: what a registry has to refuse. */
const poseAs = async (input: Input, ctx: Ctx): Promise<unknown> => {
  const kept = await requireDocument(ctx, input);
  const { name } = ctx.participant;
  const other = name === 'repository' ? 'other-repository' : 'repository';
  const { masterIdentifier: _, ...pointer } = pointerTo(ctx, name, kept.draft, fhirBaseOf(ctx, name) ?? '');
  const { custodian } = pointerTo(ctx, other, kept.draft, '');
  const answer = await register(ctx, { ...pointer, ...(custodian === undefined ? {} : { custodian }) });
  return {
    state: answer.status === 201 ? 'registered' : 'refused',
    status: answer.status ?? null,
    because: complaintOf(answer) ?? answer.because ?? null,
  };
};

const text = {
  type: 'string',
  minLength: 1,
  maxLength: 4000,
  title: 'New content',
  default: 'In a crisis: call her brother first.',
};

/** What happens to documents that are registered, and to their pointers. */
export const changingActs: Readonly<Record<string, Act>> = {
  'revise-document': {
    title: 'Write a new version',
    summary:
      'Under an address of its own, with a pointer that replaces the old one; or over the old one, pointer unchanged',
    input: {
      type: 'object',
      required: ['document'],
      additionalProperties: false,
      properties: {
        document,
        text,
        how: { type: 'string', enum: ['replace', 'overwrite'], title: 'How', default: 'replace' },
      },
    },
    run: async (input, ctx) => {
      const kept = await requireDocument(ctx, input);
      const content = typeof input.text === 'string' ? input.text : text.default;
      return input.how === 'overwrite' ? overwrite(ctx, kept, content) : supersede(ctx, kept, content);
    },
  },
  'remove-document': {
    title: 'Remove a document',
    summary: 'Its pointer is withdrawn within an hour of sandbox time, at once, or never: then it dangles',
    input: {
      type: 'object',
      required: ['document'],
      additionalProperties: false,
      properties: {
        document,
        pointer: { type: 'string', enum: ['later', 'now', 'never'], title: 'Withdraw the pointer', default: 'later' },
      },
    },
    run: removeDocument,
  },
  'change-pointer': {
    title: 'Change a pointer',
    summary: 'A description may change; the type may not, and is refused',
    input: {
      type: 'object',
      required: ['document'],
      additionalProperties: false,
      properties: {
        document,
        description: { type: 'string', minLength: 1, maxLength: 400, title: 'Description' },
        kind: { type: 'string', minLength: 1, maxLength: 100, title: 'Another type of document' },
      },
    },
    run: changePointer,
  },
  'pose-as-another': {
    title: "Register under another's name",
    summary: 'Sends a pointer whose custodian is the other repository; the registry refuses it',
    input: { type: 'object', required: ['document'], properties: { document }, additionalProperties: false },
    run: poseAs,
  },
};
