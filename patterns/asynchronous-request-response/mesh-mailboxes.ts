import type { Box } from '../../sandbox/mailboxes/client.ts';
import { openMailbox } from '../../sandbox/mailboxes/directory.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Example } from '../../sandbox/seed-options.ts';

/** The participant that is the exchange where MESH is spoken. */
export const EXCHANGE = 'exchange';

/** The mailboxes and the workflow of the public sandbox, so that a client set up for that one finds them. */
const MAILBOXES = { requester: 'X26ABC1', provider: 'X26ABC2' } as const;
export const WORKFLOW = 'TEST_WORKFLOW';
/** Of acknowledgements and answers: the convention of MESH (mesh-api.yaml, track outbox). */
export const ANSWERS = `${WORKFLOW}_ACK`;

export const mailboxOf = (participant: string): string =>
  participant === 'requester' ? MAILBOXES.requester : MAILBOXES.provider;

export const boxOf = (ctx: Ctx): Box => ({ exchange: EXCHANGE, mailbox: mailboxOf(ctx.participant.name) });

export const seedMailboxes = (ctx: Ctx): Promise<void> =>
  ctx.transaction(async (tx) => {
    await openMailbox(ctx, tx, {
      ...{ mailbox: MAILBOXES.requester, participant: 'requester', name: 'GP Practice', ods: 'X26' },
      ...{ sends: [WORKFLOW], receives: [ANSWERS] },
    });
    await openMailbox(ctx, tx, {
      ...{ mailbox: MAILBOXES.provider, participant: 'provider', name: 'Clinic', ods: 'X27' },
      ...{ sends: [ANSWERS], receives: [WORKFLOW] },
    });
  });

export const mailboxExamples = (): readonly Example[] => [
  ...Object.entries(MAILBOXES).map(([owner, value]) => ({
    title: `The mailbox of the ${owner}`,
    value,
    note: `Its password is the credential of the ${owner}; the shared key is TestKey`,
  })),
  { title: 'The workflow', value: WORKFLOW, note: `A referral; what comes of it is answered as ${ANSWERS}` },
];
