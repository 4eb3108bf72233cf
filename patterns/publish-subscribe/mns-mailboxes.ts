import { openMailbox } from '../../sandbox/mailboxes/directory.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Example } from '../../sandbox/seed-options.ts';

/** Two that the public sandbox of MESH has, too; the third is the service's own, which reports of non-delivery come to. */
const OWNERS = { X26ABC1: 'subscriber', X26ABC2: 'other-subscriber' } as const;
export const MAILBOXES = Object.keys(OWNERS);
export const SENDER = 'X26MNS001';

export const mailboxOf = (participant: string): string =>
  Object.entries(OWNERS).find(([, owner]) => owner === participant)?.[0] ?? '';

/** They are registered for no workflow, so that each can be named in a subscription. */
export const seedMailboxes = (ctx: Ctx): Promise<void> =>
  ctx.transaction(async (tx) => {
    for (const [mailbox, participant] of [...Object.entries(OWNERS), [SENDER, null] as const])
      await openMailbox(ctx, tx, {
        ...{ mailbox, participant, name: participant ?? 'Multicast Notification Service', ods: 'X26' },
        ...{ sends: [], receives: [] },
      });
  });

export const mailboxExamples = (): readonly Example[] =>
  Object.entries(OWNERS).map(([mailbox, owner]) => ({
    title: 'A mailbox',
    value: `mesh://${mailbox}?workflow_id=MY_EVENTS`,
    note: `Endpoint of a subscription. It is read at the broker, below /messageexchange, as MESH has it; its password is the credential of ${owner}, the shared key TestKey`,
  }));
