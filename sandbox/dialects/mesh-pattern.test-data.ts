import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseDialect } from '../dialect-loader.ts';
import type { LoadedPattern } from '../http/host.ts';
import { openMailbox, registerPerson } from '../mailboxes/directory.ts';
import { mailboxTimers } from '../mailboxes/expiry.ts';
import { mailboxStore } from '../mailboxes/tables.ts';
import { authentication, handlers } from './mesh.ts';
import { timestampOf, writeToken } from './mesh-token.ts';

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const role = (name: string, serves: boolean, starts: readonly string[]) => ({
  ...{ name, title: name, summary: name, serves, starts },
});

/** For tests of the dialect alone: an exchange, and two that have mailboxes there; what is polled is noted in `polled`. */
export const mailPattern = (polled: string[] = []): LoadedPattern => ({
  id: 'mail',
  manifest: {
    ...{ title: 'Mail', summary: 'Mail', description: [], useWhen: [], avoidWhen: [], interactions: [] },
    ...{ considerations: [], realServices: [], sources: [], dialects: ['mesh'] },
    participants: [
      role('sender', false, ['*']),
      { ...role('exchange', true, []), main: true },
      role('recipient', false, ['*']),
    ],
  },
  app: {
    handlers: {},
    timers: {
      ...mailboxTimers,
      'mailbox-poll': async (_timer, ctx) => {
        polled.push(ctx.participant.name);
        const { status } = await ctx.send('exchange', { method: 'GET', path: '/messageexchange/X26ABC2/inbox' });
        if (ctx.participant.name === 'recipient' && status !== 200) throw new Error(`it was told ${status}`);
      },
    },
    stores: [mailboxStore],
    seed: async (ctx) => {
      if (ctx.participant.name !== 'exchange') return;
      await ctx.transaction(async (tx) => {
        const ack = ['TEST_WORKFLOW_ACK'];
        const work = ['TEST_WORKFLOW'];
        await openMailbox(ctx, tx, {
          ...{ mailbox: 'X26ABC1', participant: 'sender', name: 'TESTMB1', ods: 'X26', sends: work, receives: ack },
        });
        await openMailbox(ctx, tx, {
          ...{ mailbox: 'X26ABC2', participant: 'recipient', name: 'TESTMB2', ods: 'X27', sends: ack, receives: work },
        });
        const person = { number: '9000000009', born: '22102010', surname: 'Smith' };
        await registerPerson(ctx, tx, { ...person, mailbox: 'X26ABC2' });
      });
    },
  },
  contract: parse(textOf('mesh.openapi.yaml')),
  dialect: async () => ({ dialect: parseDialect(textOf('mesh.yaml'), 'mesh'), handlers, authentication }),
});

/** Those that have a mailbox, and their passwords. */
export const OWNERS = { X26ABC1: 'sender', X26ABC2: 'recipient' } as const;

/** The Authorization header of a mailbox, good once. */
export const tokenOf = (mailbox: string, password: string, nonce: string, at: number): string =>
  writeToken({ mailbox, nonce, count: '1', timestamp: timestampOf(at) }, password);
