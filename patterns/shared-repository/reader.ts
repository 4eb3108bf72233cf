import { member } from '../../sandbox/act-values.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { ask, reasonOf } from './asking.ts';
import { recordIn } from './contributor.ts';
import { listHeard } from './heard.ts';
import { ways } from './ways.ts';

const record = {
  type: 'string',
  maxLength: 130,
  title: 'Record (the example, unless told)',
  example: 'CarePlan/shared-plan',
};
const patient = { type: 'string', maxLength: 64, title: 'NHS number', default: '9000000009' };

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What is known about somebody, and as of when (SHR-12); who wrote last is asked of the repository. */
const find = async (ctx: Ctx, number: string): Promise<unknown> => {
  const answer = await ask(ctx, ways.in(ctx).search(number));
  if (answer.status !== 200) return { outcome: 'refused', status: answer.status, because: reasonOf(answer) };
  const resources =
    member(answer.body, 'resourceType') === 'Bundle'
      ? list(member(answer.body, 'entry')).map((entry) => member(entry, 'resource'))
      : [answer.body];
  const items: object[] = [];
  for (const resource of resources) {
    const [type, id] = [member(resource, 'resourceType'), member(resource, 'id')];
    if (typeof type !== 'string' || typeof id !== 'string') continue;
    const told = await ask(ctx, { method: 'GET', path: `/contributions/${type}/${id}` });
    const last = member(list(member(told.body, 'entry')).at(-1), 'resource');
    const [agent] = list(member(last, 'agent'));
    items.push({
      record: `${type}/${id}`,
      version: member(member(resource, 'meta'), 'versionId'),
      by: member(member(agent, 'who'), 'display') ?? 'the seed',
      recorded: member(last, 'recorded'),
    });
  }
  return { outcome: 'found', asAt: new Date(ctx.now()).toISOString(), count: items.length, items };
};

/** Asks for the way in, and opens it as the user's browser would. */
const open = async (ctx: Ctx, name: string, later: boolean): Promise<unknown> => {
  const asked = await ask(ctx, {
    method: 'POST',
    path: '/launch',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: { record: name, user: 'A clinician' },
  });
  const url = member(asked.body, 'url');
  if (asked.status !== 201 || typeof url !== 'string')
    return { outcome: 'refused', status: asked.status, because: reasonOf(asked) };
  const expiresAt = member(asked.body, 'expiresAt');
  if (later) return { outcome: 'asked', url, expiresAt };
  return { url, expiresAt, ...(await enter(ctx, url)) };
};

const enter = async (ctx: Ctx, url: string): Promise<object> => {
  const answer = await ask(ctx, { method: 'GET', path: `/launch${new URL(url).search}` });
  return answer.status === 200
    ? { outcome: 'opened', asAt: new Date(ctx.now()).toISOString(), record: answer.body }
    : { outcome: 'refused', status: answer.status, because: reasonOf(answer) };
};

const subscribe = async (ctx: Ctx, channel: unknown): Promise<unknown> => {
  const answer = await ask(ctx, {
    method: 'POST',
    path: '/availability/subscriptions',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: { subscriber: ctx.participant.name, channel: channel === 'queue' ? 'queue' : 'http' },
  });
  return answer.status === 201
    ? { outcome: 'subscribed', ...Object(answer.body) }
    : { outcome: 'refused', because: reasonOf(answer) };
};

/** What a care setting's own system does beside writing: finds, is told, and opens in context. */
export const readerActs: Readonly<Record<string, Act>> = {
  'find-records': {
    title: 'What is known about somebody?',
    summary: 'A search by POST, with who wrote last and as of when the answer is',
    input: { type: 'object', properties: { patient }, additionalProperties: false },
    run: (input, ctx) => find(ctx, typeof input.patient === 'string' ? input.patient : '9000000009'),
  },
  'list-heard': {
    title: 'What it has been told of',
    summary: 'Events that point to records, newest first; nothing of a record is kept here',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => {
      const heard = await listHeard(ctx);
      return { count: heard.length, newest: heard[0] ?? null, heard };
    },
  },
  'subscribe-availability': {
    title: 'Ask to be told of what is new',
    summary: 'By HTTP at its own /availability, or in a queue',
    input: {
      type: 'object',
      properties: { channel: { type: 'string', enum: ['http', 'queue'], default: 'http', title: 'How' } },
      additionalProperties: false,
    },
    run: (input, ctx) => subscribe(ctx, input.channel),
  },
  'open-in-context': {
    title: 'Open a record in context',
    summary: 'Asks for an address that is good once and for five minutes, and opens it',
    input: {
      type: 'object',
      properties: { record, later: { type: 'boolean', default: false, title: 'Only ask for the address' } },
      additionalProperties: false,
    },
    run: (input, ctx) => open(ctx, recordIn(ctx, input), input.later === true),
  },
  'enter-launch': {
    title: 'Open an address that was asked for',
    summary: 'As the user’s browser does',
    input: {
      type: 'object',
      required: ['url'],
      properties: { url: { type: 'string', maxLength: 600, title: 'Address' } },
      additionalProperties: false,
    },
    run: (input, ctx) => enter(ctx, String(input.url)),
  },
};
