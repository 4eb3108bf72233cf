import { requireText } from '../../sandbox/act-values.ts';
import { type Collected, type PollOptions, poll, shakeHands, track } from '../../sandbox/mailboxes/client.ts';
import { pollsMailbox } from '../../sandbox/mailboxes/polling.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { EVENTS, type Event, isEvent } from './events.ts';
import { boxOf } from './mesh-exchange.ts';
import { listMail } from './mesh-mail.ts';
import { MAILBOXES, WORKFLOWS } from './mesh-mailboxes.ts';
import { takeMail } from './mesh-recipient.ts';
import { mail, takeReply } from './mesh-sender.ts';

const dialects = ['mesh'];
const none = { type: 'object', properties: {}, additionalProperties: false };

const takerOf =
  (ctx: Ctx) =>
  (one: Collected): Promise<void> =>
    ctx.participant.name === 'sender' ? takeReply(ctx, one) : takeMail(ctx, one);

const look = (ctx: Ctx, options?: PollOptions) => poll(ctx, boxOf(ctx), takerOf(ctx), options);

/** Something lies in the own mailbox. */
export const looksIntoMailbox = pollsMailbox(look);

const listing: Act = {
  title: 'List what came and went by mail',
  summary: 'Newest first, with what the exchange calls each message and what became of it here',
  dialects,
  input: none,
  run: async (_input, ctx) => ({
    mail: (await listMail(ctx)).map(({ at, ...one }) => ({ ...one, at: new Date(at).toISOString() })),
  }),
};

const handshake: Act = {
  title: 'Shake hands with the exchange',
  summary: 'Says that the mailbox is in use and the token good; to be done at least once a day',
  dialects,
  input: none,
  run: (_input, ctx) => shakeHands(ctx, boxOf(ctx)),
};

const eventOf = (input: Readonly<Record<string, unknown>>): Event =>
  isEvent(input.event) ? input.event : 'discharge-notification';
const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** What a sender does at its mailbox. */
export const mailSenderActs: Readonly<Record<string, Act>> = {
  'send-mail': {
    title: 'Send to a mailbox',
    summary: 'A notification to the recipient’s mailbox, or to another address',
    dialects,
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient: { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' },
        event: { type: 'string', enum: Object.keys(EVENTS), title: 'What happened', default: 'discharge-notification' },
        acknowledge: { type: 'boolean', title: 'Ask for an infrastructure acknowledgement', default: false },
        business: {
          type: 'boolean',
          title: 'Ask for a business acknowledgement, which nobody gives here',
          default: false,
        },
        to: { type: 'string', maxLength: 100, title: 'Address', default: MAILBOXES.recipient },
        workflow: { type: 'string', maxLength: 100, title: 'Workflow, where not the usual one' },
        chunks: { type: 'integer', minimum: 1, maximum: 20, title: 'In so many chunks', default: 1 },
        broken: {
          type: 'boolean',
          title: 'Leave out what the message is about, so that it is not valid',
          default: false,
        },
        replaces: { type: 'string', maxLength: 64, title: 'Message that is corrected' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const replaces = typeof input.replaces === 'string' && input.replaces !== '' ? input.replaces : undefined;
      const event = replaces === undefined ? eventOf(input) : 'document-notification';
      const asked = [
        ...(input.acknowledge === true ? (['InfAckRequested'] as const) : []),
        ...(input.business === true ? (['BusAckRequested'] as const) : []),
      ];
      const patient = requireText(input, 'patient');
      return mail(ctx, {
        notice: { event, patient, asked, ...(replaces === undefined ? {} : { replaces }) },
        to: textOr(input.to, MAILBOXES.recipient),
        workflow: textOr(input.workflow, WORKFLOWS[event]),
        chunks: typeof input.chunks === 'number' ? input.chunks : 1,
        broken: input.broken === true,
      });
    },
  },
  'track-mail': {
    title: 'Ask what became of a message',
    summary: 'By what the exchange calls it. Not a substitute for an acknowledgement, and not to be asked often',
    dialects,
    input: {
      type: 'object',
      required: ['mail'],
      properties: { mail: { type: 'string', minLength: 1, maxLength: 64, title: 'Message id' } },
      additionalProperties: false,
    },
    run: (input, ctx) => track(ctx, boxOf(ctx), requireText(input, 'mail')),
  },
  'collect-reports': {
    title: 'Look into the own mailbox',
    summary: 'For reports and acknowledgements. It is done without being told, too, five minutes after something came',
    dialects,
    input: none,
    run: (_input, ctx) => look(ctx),
  },
  'shake-hands': handshake,
  'list-mail': listing,
};

/** What a recipient does at its mailbox. */
export const mailRecipientActs: Readonly<Record<string, Act>> = {
  'collect-mail': {
    title: 'Collect what lies in the mailbox',
    summary:
      'Download, store, and only then acknowledge. It is done without being told, too, five minutes after something came',
    dialects,
    input: {
      type: 'object',
      properties: { crash: { type: 'boolean', title: 'Crash after storing, before acknowledging', default: false } },
      additionalProperties: false,
    },
    run: (input, ctx) => look(ctx, { crash: input.crash === true }),
  },
  'shake-hands': handshake,
  'list-mail': listing,
};
