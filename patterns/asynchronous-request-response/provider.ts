import { requireText } from '../../sandbox/act-values.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, CONFLICT, problem } from '../../sandbox/problem.ts';
import { clinicianOf, setClinician } from './clinician.ts';
import { DECISIONS, type Decision, decide, isDecision, resourceOf } from './decisions.ts';
import { strayActs } from './stray.ts';
import { writing } from './writing.ts';

const LISTED_MAX = 100;

/** What waits for a decision, newest first. */
export const openTasks = async (ctx: Ctx): Promise<FhirResource[]> => {
  const query = new URLSearchParams({
    status: 'requested,accepted,on-hold,in-progress,received',
    _sort: '-_lastUpdated',
  });
  const rows = await findMatches(ctx, 'Task', query, LISTED_MAX, { now: ctx.now() });
  return rows.map(resourceOf);
};

const taskOf = async (ctx: Ctx, input: Readonly<Record<string, unknown>>, decision: Decision): Promise<string> => {
  if (typeof input.task === 'string' && input.task !== '') return input.task.replace(/^Task\//, '');
  const waits = await openTasks(ctx);
  const status = decision === 'complete' || decision === 'fail' ? 'accepted' : 'requested';
  const id = (waits.find((task) => task.status === status) ?? waits[0])?.id;
  if (id === undefined) throw problem(CONFLICT, 'Nothing waits for a decision');
  return id;
};

const task = { type: 'string', maxLength: 80, title: 'Task', example: 'the newest that waits, unless told' };
const reason = { type: 'string', maxLength: 500, title: 'Reason' };

const deciding = (decision: Decision, title: string, more: Readonly<Record<string, unknown>> = {}): Act => ({
  title,
  summary: `${DECISIONS[decision].says}: the Task becomes ${DECISIONS[decision].task}, and whoever waits is told`,
  input: { type: 'object', properties: { task, reason, ...more }, additionalProperties: false },
  run: async (input, ctx) => {
    const id = await taskOf(ctx, input, decision);
    const text = (name: string) =>
      typeof input[name] === 'string' && input[name] !== '' ? { [name]: input[name] } : {};
    await ctx.transaction((tx) => decide(writing(ctx), tx, id, { decision, ...text('reason'), ...text('reference') }));
    return { task: id, status: DECISIONS[decision].task };
  },
});

/** What people at the provider do: the worklist, and the clinician who works it off by himself. */
export const providerActs: Readonly<Record<string, Act>> = {
  'list-worklist': {
    title: 'Show the worklist',
    summary: 'Referrals that wait for somebody, newest first',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => ({
      tasks: (await openTasks(ctx)).map(({ id, status, focus, for: about, authoredOn, businessStatus }) => ({
        id,
        status,
        focus,
        for: about,
        authoredOn,
        businessStatus,
      })),
      clinician: (await clinicianOf(ctx, ctx.sql)) ?? null,
    }),
  },
  accept: deciding('accept', 'Accept a referral'),
  reject: deciding('reject', 'Reject a referral', {
    reason: { ...reason, default: 'Does not meet the criteria of the service' },
  }),
  'ask-for-more': deciding('ask', 'Ask for more information', {
    reason: { ...reason, default: 'Please send the smoking history and the last chest X-ray' },
  }),
  complete: deciding('complete', 'Say that it was done', {
    reference: { type: 'string', maxLength: 100, title: 'Reference of the outcome', default: 'CLINIC-2041' },
  }),
  fail: deciding('fail', 'Say that it failed', { reason: { ...reason, default: 'The workflow broke off' } }),
  'set-clinician': {
    title: 'Let a simulated clinician decide',
    summary: 'From now on each new referral is decided after a time on the sandbox clock, unless somebody was quicker',
    input: {
      type: 'object',
      required: ['decision'],
      properties: {
        decision: { type: 'string', enum: ['accept', 'reject', 'ask', 'nobody'], title: 'Decision', default: 'accept' },
        after: { type: 'string', title: 'After', default: 'P1D', example: 'PT4H' },
        reason,
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const decision = requireText(input, 'decision');
      if (!isDecision(decision)) {
        await ctx.transaction((tx) => setClinician(ctx, tx, undefined));
        return { clinician: null };
      }
      const text = typeof input.after === 'string' ? input.after : 'P1D';
      const after = durationOf(text);
      const clinician = { decision, after, ...(typeof input.reason === 'string' ? { reason: input.reason } : {}) };
      await ctx.transaction((tx) => setClinician(ctx, tx, clinician));
      return { clinician: { ...clinician, after: text } };
    },
  },
  ...strayActs,
};

const durationOf = (text: string): number => {
  try {
    return parseDuration(text);
  } catch {
    throw problem(BAD_REQUEST, `${JSON.stringify(text)} is no ISO 8601 duration such as PT4H`, { at: '/after' });
  }
};
