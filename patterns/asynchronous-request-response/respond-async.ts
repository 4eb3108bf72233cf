import { requireFit } from '../../sandbox/fhir/document.ts';
import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { fhirBase, fhirBases, versionPath } from '../../sandbox/fhir/reply.ts';
import { create } from '../../sandbox/fhir/repository.ts';
import { forWriting, unguarded } from '../../sandbox/fhir/write-guard.ts';
import { renderOutcome } from '../../sandbox/http/render.ts';
import type { Call, Consumer, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { openCase } from './cases.ts';
import { scheduleClinician } from './clinician.ts';
import { resourceOf } from './decisions.ts';
import { finishJob, type JobResult, openJob } from './jobs.ts';
import { keepRules } from './rules.ts';

/** RFC 7240 section 4.1 */
export const wantsAsync = (call: Call): boolean =>
  (call.headers.prefer ?? '').split(/[,;]/).some((part) => part.trim().toLowerCase() === 'respond-async');

const accepted = (call: Call, job: string): Reply => ({
  status: 202,
  headers: { 'content-location': `${fhirBase(call)}/$async-status/${job}`, 'preference-applied': 'respond-async' },
});

/** What is needed of a call to carry it out in the background. */
type Kept = Pick<Call, 'operationId' | 'method' | 'base' | 'path' | 'params'> & {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const keptOf = (call: Call): Kept => {
  const { operationId, method, base, path, params } = call;
  const headers = Object.entries(call.headers).flatMap(([name, value]) =>
    value === undefined || name === 'authorization' ? [] : [[name, value] as const],
  );
  const body = Buffer.from(call.body).toString('base64');
  return {
    operationId,
    method,
    base,
    path,
    params,
    query: call.query.toString(),
    headers: Object.fromEntries(headers),
    body,
  };
};

const callOf = (kept: Kept, ctx: Ctx): Call => ({
  ...kept,
  query: new URLSearchParams(kept.query),
  body: Buffer.from(kept.body, 'base64'),
  from: { participant: ctx.participant.name, claimed: false },
});

/** A read, search or history under `Prefer: respond-async`: done in the background, its reply kept at a status address. */
export const inBackground =
  (handler: Handler): Handler =>
  async (call, ctx) => {
    if (!wantsAsync(call)) return handler(call, ctx);
    const job = ctx.uuid();
    await ctx.transaction(async (tx) => {
      await openJob(ctx, tx, job, 'read');
      await ctx.enqueue(tx, { consumer: 'background', to: ctx.participant.name, body: { job, call: keptOf(call) } });
    });
    return accepted(call, job);
  };

/** A ServiceRequest under `Prefer: respond-async`: kept at once, and answered when a person has decided about it. */
export const createdLater =
  (handler: Handler): Handler =>
  async (call, ctx) => {
    if (call.params.type !== 'ServiceRequest' || !wantsAsync(call) || call.headers['if-none-exist'] !== undefined)
      return handler(call, ctx);
    const writing = forWriting(ctx, fhirBases(call), keepRules);
    const resource = requireFit(ctx, jsonFormat.parse(call.body), 'ServiceRequest');
    const job = ctx.uuid();
    await ctx.transaction(async (tx) => {
      const made = await create(unguarded(writing), tx, resource);
      await openJob(ctx, tx, job, 'referral', versionPath(made));
      const task = await openCase(writing, tx, { id: made.id, resource: resourceOf(made) }, { job });
      await scheduleClinician(ctx, tx, task.id);
    });
    return accepted(call, job);
  };

const textOf = (body: Reply['body']): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

const resultOf = async (handler: Handler, call: Call, ctx: Ctx): Promise<JobResult> => {
  try {
    const { status, headers = {}, body } = await handler(call, ctx);
    return { status, headers, body: textOf(body) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return renderOutcome(error, ctx.dialect, false);
  }
};

/** Carries out what was put off; `handlers` are those that answer at once. */
export const background = (handlers: Readonly<Record<string, Handler>>): Consumer => ({
  participant: 'provider',
  handle: async (message, ctx) => {
    // Written by inBackground.
    const { job, call } = JSON.parse(Buffer.from(message.body).toString()) as { job: string; call: Kept };
    const handler = handlers[call.operationId];
    if (handler === undefined) throw new Error(`nothing serves ${call.operationId}`);
    const result = await resultOf(handler, callOf(call, ctx), ctx);
    await ctx.transaction((tx) => finishJob(ctx, tx, job, result));
  },
});
