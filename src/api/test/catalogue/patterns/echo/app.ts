import { Undeliverable } from '../../../../../../sandbox/messages/retry.ts';
import type { Ctx, PatternApp, StorePart } from '../../../../../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../../../../../sandbox/problem.ts';

const notes: StorePart = {
  migrations: [
    {
      id: 'echo-1',
      statements: [
        'create table note (store bigint not null, id text not null, body text not null, primary key (store, id))',
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query('insert into note (store, id, body) select $2, id, body from note where store = $1', [from, to]);
  },
  sweep: async (tx, store, limit) =>
    (
      await tx.query(
        'delete from note where store = $1 and id in (select id from note where store = $1 order by id limit $2) returning id',
        [store, limit],
      )
    ).length,
};

const write = async (ctx: Ctx, id: string, body: string): Promise<void> => {
  await ctx.transaction((tx) =>
    tx.query(
      'insert into note (store, id, body) values ($1, $2, $3) on conflict (store, id) do update set body = excluded.body',
      [ctx.store, id, body],
    ),
  );
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const app: PatternApp = {
  handlers: {
    readNote: async ({ params }, ctx) => {
      const [row] = await ctx.sql.query<{ body: string }>('select body from note where store = $1 and id = $2', [
        ctx.store,
        params.id ?? '',
      ]);
      if (row === undefined) throw problem(NOT_FOUND, `There is no note ${params.id}`);
      return { status: 200, body: { resourceType: 'Basic', id: params.id, note: row.body } };
    },
    writeNote: async ({ params, body }, ctx) => {
      const { note }: { note?: unknown } = JSON.parse(Buffer.from(body).toString());
      await write(ctx, params.id ?? '', text(note));
      return { status: 200, body: { resourceType: 'Basic', id: params.id, note } };
    },
  },
  timers: {
    remind: async ({ data }, ctx) => write(ctx, 'reminder', text(data)),
  },
  consumers: {
    notes: {
      participant: 'keeper',
      handle: async ({ headers, body }, ctx) => {
        if (headers['X-Poison'] !== undefined) throw new Undeliverable('The note is poisoned');
        await write(ctx, 'posted', Buffer.from(body).toString());
      },
    },
  },
  acts: {
    asker: {
      post: {
        title: 'Post a note',
        summary: 'Puts a note into the queue of the keeper',
        input: { type: 'object', properties: { note: { type: 'string' }, poison: { type: 'string' } } },
        run: async ({ note, poison }, ctx) => {
          const headers = poison === undefined ? {} : { 'X-Poison': text(poison) };
          return ctx.transaction((tx) => ctx.enqueue(tx, { consumer: 'notes', headers, body: text(note) }));
        },
      },
      ask: {
        title: 'Ask for a note',
        summary: 'Reads one note from the keeper',
        input: {
          type: 'object',
          required: ['id'],
          additionalProperties: false,
          properties: { id: { type: 'string', minLength: 1, maxLength: 20 } },
        },
        run: async ({ id }, ctx) => {
          const reply = await ctx.send('keeper', { method: 'GET', path: `/FHIR/R4/Basic/${text(id)}` });
          return { status: reply.status };
        },
      },
    },
    keeper: {
      remind: {
        title: 'Remember in an hour',
        summary: 'Writes a note when an hour has passed',
        input: { type: 'object', properties: { note: { type: 'string' } } },
        run: async ({ note }, ctx) => {
          await ctx.transaction((tx) =>
            ctx.schedule(tx, { name: 'remind', due: ctx.now() + 3_600_000, data: text(note) }),
          );
        },
      },
    },
  },
  stores: [notes],
  seed: async (ctx, { seed }) => {
    if (ctx.participant.name === 'keeper') await write(ctx, 'seeded', `seed ${seed}`);
  },
  examples: async (_dialect, { seed }) => [{ title: 'A note', value: 'seeded', note: `of seed ${seed}` }],
};
