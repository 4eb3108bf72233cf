import { fhirBase } from '../../sandbox/fhir/reply.ts';
import { find } from '../../sandbox/fhir/repository.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { INTERNAL, NOT_FOUND, type Problem, problem, TOO_MANY_REQUESTS } from '../../sandbox/problem.ts';
import { caseOfJob } from './cases.ts';
import { decide, isFinal, resourceOf } from './decisions.ts';
import { cancelJob, findJob, type Job, nextWait, postponeJob } from './jobs.ts';
import { writing } from './writing.ts';

const FHIR_JSON = { 'content-type': 'application/fhir+json; charset=utf-8' };
const FAILED: Problem = { ...INTERNAL, condition: 'request-failed', title: 'The request failed', issue: 'processing' };

const notThere = (job: string) => problem(NOT_FOUND, `There is no request ${job}, or it was cancelled`, { at: 'job' });

/** R5 async-bundle.html: the answer that would have been given at once, as the one entry of a batch-response. */
const complete = (response: Readonly<Record<string, unknown>>, resource: unknown): Reply => {
  const entry = [{ ...(resource === undefined ? {} : { resource }), response }];
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch-response', entry });
  return { status: 200, headers: FHIR_JSON, body };
};

const isOutcome = (resource: unknown): boolean =>
  typeof resource === 'object' &&
  resource !== null &&
  'resourceType' in resource &&
  resource.resourceType === 'OperationOutcome';

const readDone = ({ result }: Job): Reply | undefined => {
  if (result === undefined) return undefined;
  const { status, headers, body } = result;
  const resource: unknown = body === '' ? undefined : JSON.parse(body);
  const { etag, location, 'last-modified': modified } = headers;
  const said = {
    status: String(status),
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
    ...(modified === undefined ? {} : { lastModified: new Date(modified).toISOString() }),
  };
  return isOutcome(resource) && status >= 400
    ? complete({ ...said, outcome: resource }, undefined)
    : complete(said, resource);
};

const taskOf = async (ctx: Ctx, { job }: Job): Promise<FhirResource | undefined> => {
  const known = await caseOfJob(ctx, ctx.sql, job);
  const row = known && (await find(ctx, ctx.sql, 'Task', known.task));
  return row === undefined || row.deleted ? undefined : resourceOf(row);
};

const wordsOf = (task: FhirResource | undefined): string => {
  const said = task?.businessStatus;
  const words =
    typeof said === 'object' && said !== null && 'text' in said ? String(said.text) : 'Waits for a decision';
  return `${words} (${String(task?.status ?? 'requested')})`;
};

const referralDone = (call: Call, job: Job, task: FhirResource): Reply => {
  if (task.status === 'failed') throw problem(FAILED, wordsOf(task), { at: 'Task.status' });
  return complete({ status: '201', location: `${fhirBase(call)}/${job.location}` }, task);
};

/** Retry-After is in whole seconds, and two clocks are read: who is less than one too early has waited. */
const GRACE_MS = 1_000;

/** Not yet: how it stands, and when to ask again; 429 for who could not wait. Time is the sandbox's. */
const open = async (ctx: Ctx, job: Job, words: string): Promise<Reply> => {
  if (ctx.now() + GRACE_MS <= job.again) {
    const seconds = Math.ceil((job.again - ctx.now()) / 1_000);
    throw problem(TOO_MANY_REQUESTS, `Asked too soon: Retry-After said to wait, and ${seconds} s of that are left`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
  const wait = nextWait(job.asked, job.again);
  await ctx.transaction((tx) => postponeJob(ctx, tx, job.job, ctx.now() + wait * 1_000));
  return { status: 202, headers: { 'x-progress': words, 'retry-after': String(wait) } };
};

/** FHIR R4 async.html, status request */
export const readAsyncStatus: Handler = async (call, ctx) => {
  const job = await findJob(ctx, ctx.sql, call.params.job ?? '');
  if (job === undefined || job.state === 'cancelled') throw notThere(call.params.job ?? '');
  if (job.kind === 'read') return readDone(job) ?? open(ctx, job, 'Is being done');
  const task = await taskOf(ctx, job);
  return task !== undefined && isFinal(task) ? referralDone(call, job, task) : open(ctx, job, wordsOf(task));
};

/** FHIR R4 async.html, delete request: an open referral is cancelled with it. */
export const cancelAsync: Handler = async (call, ctx) => {
  const id = call.params.job ?? '';
  await ctx.transaction(async (tx) => {
    if (!(await cancelJob(ctx, tx, id))) throw notThere(id);
    const known = await caseOfJob(ctx, tx, id);
    const row = known && (await find(ctx, tx, 'Task', known.task));
    if (known === undefined || row === undefined || row.deleted || isFinal(resourceOf(row))) return;
    await decide(writing(ctx), tx, known.task, { decision: 'cancel', reason: 'Cancelled at the status address' });
  });
  return { status: 202 };
};
