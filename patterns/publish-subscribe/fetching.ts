import type { Consumer, Ctx, Incoming } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import { noteDetails, noteVersion } from './inbox.ts';
import { findKnown } from './known.ts';
import { listOf, parsed, partOf, textOf } from './parts.ts';
import { ways } from './ways.ts';

export const askSource = async (ctx: Ctx, path: string): Promise<Incoming> =>
  ctx.send(ways.in(ctx).source, {
    method: 'GET',
    path: `/FHIR/R4/${path}`,
    headers: { accept: 'application/fhir+json', ...ways.in(ctx).askingHeaders(ctx) },
  });

/** The record behind an event, or, where the event does not say which, the one that changed last. */
const pathFor = async (ctx: Ctx, focus: string, hook: string): Promise<string | undefined> => {
  if (focus !== '') return focus;
  const wants = (await findKnown(ctx, ctx.sql, hook))?.wants;
  if (wants === undefined) return undefined;
  return `${wants}${wants.includes('?') ? '&' : '?'}_sort=-_lastUpdated&_count=1`;
};

export interface Fetched {
  readonly status: number;
  readonly focus: string;
  readonly version: number;
}

/** Fetches the details of a delivery and notes which version was seen, so that older news is recognised. */
export const fetchDetails = async (
  ctx: Ctx,
  { seq, focus, hook }: { readonly seq: number; readonly focus: string; readonly hook: string },
): Promise<Fetched | undefined> => {
  const path = await pathFor(ctx, focus, hook);
  if (path === undefined) return undefined;
  const reply = await askSource(ctx, path);
  const body = parsed(reply.body);
  const record = textOf(body, 'resourceType') === 'Bundle' ? partOf(listOf(body, 'entry')[0], 'resource') : body;
  const version = Number(textOf(record, 'meta', 'versionId') ?? 0);
  const found = version === 0 ? focus : `${textOf(record, 'resourceType')}/${textOf(record, 'id')}`;
  await ctx.transaction(async (tx) => {
    await noteVersion(ctx, tx, found, version);
    await noteDetails(ctx, tx, seq, version === 0 ? `answered ${reply.status}` : `${found}, version ${version}`);
  });
  return { status: reply.status, focus: found, version };
};

/** What is left to do when a delivery has been acknowledged. */
export const process: Consumer = {
  participant: 'subscriber',
  handle: async (message, ctx) => {
    // Written by processLater.
    const work = parsed(message.body) as { readonly seq: number; readonly focus: string; readonly hook: string };
    const path = await pathFor(ctx, work.focus, work.hook);
    if (path === undefined) return;
    const fetched = await fetchDetails(ctx, work);
    if (fetched !== undefined && fetched.status >= 500)
      throw problem(UPSTREAM_FAILED, `${path} answered ${fetched.status}`);
  },
};
