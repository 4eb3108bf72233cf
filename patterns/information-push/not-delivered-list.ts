import type { Worklist } from '../../sandbox/worklist.ts';
import { listSent } from './sent.ts';

/** What was not delivered, or refused by the recipient's system: a person has to do something about each (PSH-06). */
export const notDeliveredList: Worklist = async (ctx) =>
  (await listSent(ctx, ctx.sql))
    .filter(({ state }) => state === 'not-delivered' || state === 'refused')
    .map(({ message, recipient, state, reason, at }) => ({
      id: message,
      title: `To ${recipient}: ${state === 'refused' ? 'refused' : 'not delivered'}`,
      ...(reason === null ? {} : { detail: reason }),
      state,
      since: at,
      choices: [{ act: 'note-looked-into', title: 'Looked into', input: { message } }],
    }));
