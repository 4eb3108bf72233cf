import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { changeOwn } from './publishing.ts';

/** A CloudEvent that says what happened, to whom, and where the details are; nothing clinical is in it (PUB-10). */
export const cloudEvent = (
  ctx: Ctx,
  type: string,
  subject: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  specversion: '1.0',
  id: ctx.uuid(),
  source: ctx.baseOf(ctx.participant.name) ?? ctx.participant.name,
  type,
  time: new Date(ctx.now()).toISOString(),
  subject,
  ...more,
});

export const postEvent = async (ctx: Ctx, event: Readonly<Record<string, unknown>>) => {
  const reply = await ctx.send('broker', {
    method: 'POST',
    path: '/events',
    headers: {
      accept: 'application/json',
      'content-type': 'application/cloudevents+json',
      'x-correlation-id': ctx.uuid(),
    },
    body: event,
  });
  return { status: reply.status, event: event.id, type: event.type, exchange: reply.exchange };
};

/** Changes a person's record in the publisher's own store, then says so to whoever listens. */
export const announce = async (
  ctx: Ctx,
  type: string,
  number: string,
  filtering: Readonly<Record<string, unknown>>,
  change: (before: FhirResource) => FhirResource,
) => {
  const version = await changeOwn(ctx, `Patient/${number}`, change);
  const dataref = `${ctx.baseOf(ctx.participant.name)}/FHIR/R4/Patient/${number}`;
  const event = cloudEvent(ctx, type, number, { dataref, versionid: `W/"${version}"`, filtering });
  return { ...(await postEvent(ctx, event)), version };
};
