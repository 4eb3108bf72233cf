import { composeFhir } from '../../../sandbox/fhir/compose.ts';
import { readResource } from '../../../sandbox/fhir/interactions/read.ts';
import { mailboxTimers } from '../../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../../sandbox/mailboxes/timers.ts';
import type { Handler } from '../../../sandbox/pattern.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { peopleToChange } from '../examples.ts';
import { announce } from '../mns-announce.ts';
import { collect } from '../mns-collect.ts';
import { mnsTimers, publishEvent } from '../mns-events.ts';
import { looksIntoMailbox } from '../mns-mail.ts';
import { mailboxExamples, seedMailboxes } from '../mns-mailboxes.ts';
import { notify } from '../mns-notify.ts';
import { deleteFromQueue, receiveFromQueue } from '../mns-queue.ts';
import { mnsSubscriberActs } from '../mns-subscriber.ts';
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  readSubscription,
  updateSubscription,
} from '../mns-subscriptions.ts';
import { moved } from '../publishing.ts';
import { ways } from '../ways.ts';

const { readResource: read } = composeFhir({ operations: [readResource] }).handlers;
const details: Readonly<Record<string, Handler>> =
  read === undefined
    ? {}
    : { readPatient: (call, ctx) => read({ ...call, params: { ...call.params, type: 'Patient' } }, ctx) };

/** Events as MNS takes them, told in queues and mailboxes, and the record at its publisher that an event points to. */
export const part: PatternPart = {
  handlers: {
    publishEvent,
    createSubscription,
    readSubscription,
    listSubscriptions,
    updateSubscription,
    deleteSubscription,
    receiveFromQueue,
    deleteFromQueue,
    ...details,
  },
  consumers: { notify, collect },
  timers: { ...mnsTimers, ...mailboxTimers, [POLL]: looksIntoMailbox },
  acts: { subscriber: mnsSubscriberActs, 'other-subscriber': mnsSubscriberActs },
  stores: [mailboxStore],
  ways: ways.own({
    source: 'publisher',
    askingHeaders: (ctx) => ({ 'x-correlation-id': ctx.uuid() }),
    changeAddress: (ctx, number, postcode) => {
      const filtering = { changed_address: true, nhsnumber: number };
      return announce(ctx, 'pds-record-change-2', number, filtering, moved(postcode));
    },
    reportDeath: (ctx, number, deceasedDateTime) => {
      const filtering = { deathnotificationstatus: '2', nhsnumber: number };
      return announce(ctx, 'pds-death-notification-2', number, filtering, (before) => ({
        ...before,
        deceasedDateTime,
      }));
    },
  }),
  seed: async (ctx) => {
    if (ctx.participant.name === 'broker') await seedMailboxes(ctx);
  },
  examples: async () => [...peopleToChange(), ...mailboxExamples()],
};
