import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dialect, FaultEffect } from '../dialect.ts';
import type { Strike } from '../faults.ts';
import * as problems from '../problem.ts';
import { versionHeaderOf } from './version-header.ts';

const LATENCY_MAX = 60_000;

const wording = (effect: FaultEffect): string => {
  switch (effect.kind) {
    case 'latency':
      return `latency ${effect.ms} ms`;
    case 'status':
      return `status ${effect.status}${effect.retryAfter === undefined ? '' : `, Retry-After ${effect.retryAfter}`}`;
    case 'drop':
      return effect.when === 'after' ? 'reply dropped after the effect' : 'connection dropped before any effect';
    case 'etag':
      return `ETag ${effect.as}`;
    case 'unechoed-id':
      return 'ids not echoed';
    case 'content-type':
      return `Content-Type ${effect.as}`;
    case 'message':
      return `message ${effect.as}${effect.ms === undefined ? '' : `, ${effect.ms} ms`}`;
    case 'mllp':
      return `acknowledgement ${effect.as}${effect.ms === undefined ? '' : `, ${effect.ms} ms`}`;
  }
};

/** What the journal says of the faults that struck an exchange. */
export const describeStrikes = (strikes: readonly Strike[]): string =>
  strikes.map(({ effect, because }) => `${wording(effect)} (${because})`).join('; ');

/** Waits as long as the latency faults say, together at most a minute of real time. Nothing is held meanwhile. */
export const delay = async (strikes: readonly Strike[]): Promise<void> => {
  const wait = strikes.reduce((sum, { effect }) => sum + (effect.kind === 'latency' ? effect.ms : 0), 0);
  if (wait > 0) await sleep(Math.min(wait, LATENCY_MAX));
};

/** Whether the connection is closed without a reply: before the request has any effect, or after it. */
export const drops = (strikes: readonly Strike[], when: 'before' | 'after'): boolean =>
  strikes.some(({ effect }) => effect.kind === 'drop' && (effect.when ?? 'before') === when);

/** The condition that this dialect answers with such a status; it is sent with exactly that status in any case. */
const templateFor = (status: number, dialect: Dialect): problems.Problem => {
  const templates = Object.values(problems).filter((value) => typeof value === 'object' && 'condition' in value);
  const { conditions } = dialect.errors;
  const said = templates.filter((template) => (conditions[template.condition]?.status ?? template.status) === status);
  // What the dialect has words for goes before what it does not name.
  const named = said.filter((template) => conditions[template.condition] !== undefined);
  const among = named.length > 0 ? named : said;
  return (
    among.find((template) => template.status === status) ??
    among[0] ?? { ...(status < 500 ? problems.BAD_REQUEST : problems.INTERNAL), title: 'A fault was chosen' }
  );
};

/** A chosen status is answered in place of the handler, so before any effect, as the dialect words that status. */
export const chosenStatus = (strikes: readonly Strike[], dialect: Dialect) => {
  for (const { effect, because } of strikes) {
    if (effect.kind !== 'status') continue;
    const headers = effect.retryAfter === undefined ? {} : { 'retry-after': String(effect.retryAfter) };
    const detail = `This sandbox was told to answer so (${because})`;
    return { status: effect.status, error: problems.problem(templateFor(effect.status, dialect), detail, { headers }) };
  }
  return undefined;
};

/** `W/"3"` becomes `W/"2"`, and what holds no number becomes another tag: a version that is not the current one. */
const stale = (etag: string): string => {
  const number = /\d+(?="?$)/.exec(etag)?.[0];
  return number === undefined || number === '0' ? 'W/"stale"' : etag.replace(/\d+(?="?$)/, String(Number(number) - 1));
};

/** What a careless server does to the ids it should give back: one of its own in place of the request's, and no other. */
const forgetIds = (headers: Record<string, string>, echoed: Readonly<Record<string, string>>): void => {
  for (const name of Object.keys(echoed)) delete headers[name];
  if (echoed['x-request-id'] !== undefined) headers['x-request-id'] = randomUUID();
};

/** Spoils the reply's headers (names in lower case) in place; `echoed` are those that were given back as they came. */
export const spoilHeaders = (
  strikes: readonly Strike[],
  headers: Record<string, string>,
  { echoed, dialect }: { readonly echoed: Readonly<Record<string, string>>; readonly dialect: Dialect | undefined },
): void => {
  const name = versionHeaderOf(dialect) ?? 'etag';
  for (const { effect } of strikes) {
    if (effect.kind === 'unechoed-id') forgetIds(headers, echoed);
    if (effect.kind === 'content-type') headers['content-type'] = effect.as;
    const version = headers[name];
    if (effect.kind !== 'etag' || version === undefined) continue;
    if (effect.as === 'missing') delete headers[name];
    else headers[name] = stale(version);
  }
};
