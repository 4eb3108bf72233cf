import { requireText } from '../../sandbox/act-values.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import type { Act, Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import { partOf } from './parts.ts';
import { ways } from './ways.ts';

const patient = { type: 'string', title: 'NHS number', default: '9000000009' };
export const aboutPatient = (more: Readonly<Record<string, unknown>> = {}) => ({
  type: 'object',
  required: ['patient'],
  properties: { patient, ...more },
  additionalProperties: false,
});

/** A postcode of nobody's; which one, the sandbox's seed decides. */
const somePostcode = (ctx: Ctx): string => `LS1 ${1 + Math.floor(ctx.random() * 9)}ZZ`;

/** What the publisher does; it says what happened, to whom, and is not told who hears of it. */
export const publisherActs: Readonly<Record<string, Act>> = {
  'change-address': {
    title: 'Record a change of address',
    summary: 'Somebody moved',
    input: aboutPatient({ postcode: { type: 'string', maxLength: 10, title: 'New postcode', default: 'LS1 4AP' } }),
    run: async (input, ctx) =>
      ways
        .in(ctx)
        .changeAddress(
          ctx,
          requireText(input, 'patient'),
          typeof input.postcode === 'string' ? input.postcode : 'LS1 4AP',
        ),
  },
  'report-death': {
    title: 'Report a death',
    summary: 'The record says from when on somebody is dead',
    input: aboutPatient(),
    run: async (input, ctx) =>
      ways.in(ctx).reportDeath(ctx, requireText(input, 'patient'), new Date(ctx.now()).toISOString()),
  },
  'publish-regularly': {
    title: 'Publish from time to time',
    summary: 'Records a change of address again and again, at intervals of the sandbox clock; never, to end it',
    input: aboutPatient({
      every: { type: 'string', title: 'Every', default: 'PT1H', example: 'PT15M, or never' },
    }),
    run: async (input, ctx) => {
      const number = requireText(input, 'patient');
      const every = typeof input.every === 'string' ? input.every : 'PT1H';
      const period = every === 'never' ? undefined : durationOf(every);
      await ctx.transaction(async (tx) => {
        const run = await ctx.next(tx);
        await tx.query(
          `insert into pub_newest (store, focus, version) values ($1, 'publish-regularly', $2)
           on conflict (store, focus) do update set version = $2`,
          [ctx.store, run],
        );
        if (period !== undefined)
          await ctx.schedule(tx, { name: 'publish', due: ctx.now() + period, data: { patient: number, period, run } });
      });
      return { every };
    },
  },
};

const durationOf = (text: string): number => {
  try {
    return Math.max(1_000, parseDuration(text));
  } catch {
    throw problem(BAD_REQUEST, `${JSON.stringify(text)} is no ISO 8601 duration such as PT1H`, { at: '/every' });
  }
};

/** Goes on until it is told otherwise: the run that it belongs to is no longer the last. */
const publish: TimerHandler = async ({ data }, ctx) => {
  const run = partOf(data, 'run');
  const [last] = await ctx.sql.query<{ version: number }>(
    `select version from pub_newest where store = $1 and focus = 'publish-regularly'`,
    [ctx.store],
  );
  if (last?.version !== run) return;
  await ways.in(ctx).changeAddress(ctx, String(partOf(data, 'patient')), somePostcode(ctx));
  const due = ctx.now() + Number(partOf(data, 'period'));
  await ctx.transaction((tx) => ctx.schedule(tx, { name: 'publish', due, data }));
};

export const publisherTimers: Readonly<Record<string, TimerHandler>> = { publish };
