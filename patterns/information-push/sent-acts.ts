import { requireText } from '../../sandbox/act-values.ts';
import type { Act } from '../../sandbox/pattern.ts';
import { listSent, noteLookedInto } from './sent.ts';

/** What a sender does with what it has sent, by whatever way. */
export const keptActs: Readonly<Record<string, Act>> = {
  'note-looked-into': {
    title: 'Note that somebody has looked into it',
    summary:
      'A message that was not delivered is a person’s business: who rang up, or sent it another way, notes that here',
    input: {
      type: 'object',
      required: ['message'],
      properties: { message: { type: 'string', minLength: 1, maxLength: 64, title: 'Message' } },
      additionalProperties: false,
    },
    run: (input, ctx) => ctx.transaction((tx) => noteLookedInto(ctx, tx, requireText(input, 'message'))),
  },
  'list-sent': {
    title: 'List what was sent and what came of it',
    summary: 'Newest first. Accepted is not delivered; what was not delivered is for a person to look at',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => ({
      sent: (await listSent(ctx, ctx.sql)).map(({ at, reason, ...one }) => ({
        ...one,
        at: new Date(at).toISOString(),
        ...(reason === null ? {} : { reason }),
      })),
    }),
  },
};
