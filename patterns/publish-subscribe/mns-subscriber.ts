import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { changeKnown, dropKnown, putKnown } from './known.ts';
import { cloudEvent, postEvent } from './mns-announce.ts';
import { askMns } from './mns-collect.ts';
import { mailboxActs, workflowOf } from './mns-mail.ts';
import { mailboxOf } from './mns-mailboxes.ts';
import { EVENT_TYPES } from './mns-types.ts';
import { parsed, textOf } from './parts.ts';
import { chosen } from './subscribing.ts';

const MNS = ['mns'];
const text = (input: Readonly<Record<string, unknown>>, name: string, otherwise: string): string =>
  typeof input[name] === 'string' && input[name] !== '' ? input[name] : otherwise;

interface Wish {
  readonly payload: string;
  readonly byMail: boolean;
  readonly hydrated: boolean;
}

const subscribe = async (ctx: Ctx, criteria: string, { payload, byMail, hydrated }: Wish) => {
  const hook = await ctx.transaction(async (tx) => {
    const made = `s${await ctx.next(tx)}`;
    const known = { wants: criteria, period: 0, state: 'active', number: 0, heard: ctx.now(), missing: [] };
    await putKnown(ctx, tx, { hook: made, subscription: '', ...known });
    return made;
  });
  const { name } = ctx.participant;
  const endpoint = byMail
    ? `mesh://${mailboxOf(name)}?workflow_id=${workflowOf(hook)}`
    : `arn:aws:sqs:eu-west-2:000000000000:${name}-${hook}`;
  const reply = await askMns(ctx, 'POST', '/subscriptions', {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'To keep a list of our own up to date',
    criteria,
    channel: { type: 'message', endpoint, payload },
    ...(hydrated ? { hydration: { enabled: true } } : {}),
  });
  const subscription = textOf(parsed(reply.body), 'id') ?? '';
  const made = reply.status === 201;
  await ctx.transaction((tx) => (made ? changeKnown(ctx, tx, hook, { subscription }) : dropKnown(ctx, tx, hook)));
  return {
    status: reply.status,
    exchange: reply.exchange,
    endpoint,
    ...(made ? { subscription } : { because: parsed(reply.body) }),
  };
};

/** What both subscribers can be told to do where MNS is spoken. */
export const mnsSubscriberActs: Readonly<Record<string, Act>> = {
  ...mailboxActs,
  'subscribe-to-events': {
    title: 'Subscribe to a type of event',
    summary: 'Asks for signals in a queue of its own, whose ARN stands for one of this sandbox, or in its mailbox',
    dialects: MNS,
    input: {
      type: 'object',
      properties: {
        eventType: {
          type: 'string',
          enum: Object.keys(EVENT_TYPES),
          title: 'Type of event',
          default: 'pds-record-change-2',
        },
        filter: { type: 'string', maxLength: 300, title: 'Filter', example: "nhsnumber='9000000009'" },
        payload: {
          type: 'string',
          enum: ['application/fhir+json', 'application/json'],
          title: 'Form',
          default: 'application/fhir+json',
        },
        byMail: { type: 'boolean', title: 'To the own mailbox (MESH) in place of a queue', default: false },
        hydrated: { type: 'boolean', title: 'With what dataref points to (hydration)', default: false },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const filter = text(input, 'filter', '');
      const type = `eventType='${text(input, 'eventType', 'pds-record-change-2')}'`;
      return subscribe(ctx, filter === '' ? type : `${type} AND ${filter}`, {
        payload: text(input, 'payload', 'application/fhir+json'),
        byMail: input.byMail === true,
        hydrated: input.hydrated === true,
      });
    },
  },
  'end-subscription': {
    title: 'End a subscription',
    summary: 'Deletes it; what is in the queue already is still there',
    dialects: MNS,
    input: {
      type: 'object',
      properties: {
        subscription: { type: 'string', maxLength: 80, title: 'Subscription', example: 'the newest, unless told' },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const known = await chosen(ctx, input);
      const reply = await askMns(ctx, 'DELETE', `/subscriptions/${known.subscription}`);
      if (reply.status < 300 || reply.status === 404) await ctx.transaction((tx) => dropKnown(ctx, tx, known.hook));
      return { subscription: known.subscription, status: reply.status, exchange: reply.exchange };
    },
  },
  'publish-yourself': {
    title: 'Publish an event yourself',
    summary: 'A system that publishes and subscribes hears its own events, and has to know them again',
    dialects: MNS,
    input: {
      type: 'object',
      properties: { patient: { type: 'string', title: 'NHS number', default: '9000000009' } },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const number = text(input, 'patient', '9000000009');
      const event = cloudEvent(ctx, 'pds-record-change-2', number, { filtering: { nhsnumber: number } });
      return postEvent(ctx, event);
    },
  },
};
