import { find, replace } from '../../sandbox/fhir/repository.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { CONFLICT, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { parsed, textOf } from './parts.ts';
import { toBroker } from './subscribing.ts';

export interface Published {
  readonly status: number;
  readonly record: string;
  readonly version?: string;
  readonly exchange: string;
}

const publishedOf = (
  record: string,
  reply: { readonly status: number; readonly exchange: string; readonly body: string },
): Published => {
  const version = textOf(parsed(reply.body), 'meta', 'versionId');
  return { status: reply.status, record, exchange: reply.exchange, ...(version === undefined ? {} : { version }) };
};

/** A new record at the broker, which watches what is written there. */
export const publishNew = async (ctx: Ctx, resource: FhirResource): Promise<Published> => {
  const reply = await toBroker(ctx, 'POST', `/${resource.resourceType}`, resource);
  return publishedOf(`${resource.resourceType}/${textOf(parsed(reply.body), 'id') ?? ''}`, reply);
};

/** A record as the broker has it. */
export const readRecord = async (ctx: Ctx, reference: string): Promise<FhirResource> => {
  const read = await toBroker(ctx, 'GET', `/${reference}`);
  const record = parsed(read.body);
  if (read.status === 200 && isResource(record)) return record;
  throw problem(CONFLICT, `${reference} could not be read: the broker answered ${read.status}`);
};

/** A record there is read, changed, and written back. */
export const publishChange = async (
  ctx: Ctx,
  reference: string,
  change: (before: FhirResource) => FhirResource,
): Promise<Published> => {
  const before = await readRecord(ctx, reference);
  return publishedOf(reference, await toBroker(ctx, 'PUT', `/${reference}`, change(before)));
};

/** The same in the publisher's own store, where it is the source. Returns the version that it has now. */
export const changeOwn = async (
  ctx: Ctx,
  reference: string,
  change: (before: FhirResource) => FhirResource,
): Promise<number> => {
  const [type = '', id = ''] = reference.split('/');
  return ctx.transaction(async (tx) => {
    const row = await find(ctx, tx, type, id);
    const before = row && parsed(row.body);
    if (row === undefined || row.deleted || !isResource(before)) throw problem(NOT_FOUND, `There is no ${reference}`);
    return (await replace(forWriting(ctx, undefined, undefined), tx, row, change(before))).version;
  });
};

const line = (postcode: string) => ({ use: 'home', line: ['1 Larch Close'], city: 'Leeds', postalCode: postcode });

export const moved =
  (postcode: string, source?: string) =>
  (before: FhirResource): FhirResource => ({
    ...before,
    ...(source === undefined ? {} : { meta: { ...before.meta, source } }),
    address: [line(postcode)],
  });

/** A subscriber that also writes hears its own change; `meta.source` is by what it knows it again (PUB-11). */
export const correctRecord = (ctx: Ctx, patient: string): Promise<Published> =>
  publishChange(ctx, `Patient/${patient}`, moved('LS2 9ZZ', ctx.baseOf(ctx.participant.name)));
