import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import { mailboxTimers } from '../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../sandbox/mailboxes/timers.ts';
import type { Handler, PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/write.ts';
import { cancelAsync, readAsyncStatus } from './async-status.ts';
import { barsHandlers } from './bars.ts';
import { clinicianDecides } from './clinician-timer.ts';
import { examplesOf } from './examples.ts';
import { HL7_DIALECTS, hl7ProviderActs, hl7RequesterActs } from './hl7-acts.ts';
import { hl7Provider } from './hl7-provider.ts';
import { hl7Requester } from './hl7-requester.ts';
import { looksIntoMailbox, mailActs } from './mesh-mail.ts';
import { EXCHANGE, seedMailboxes } from './mesh-mailboxes.ts';
import { processMessage } from './process-message.ts';
import { providerActs } from './provider.ts';
import { requesterActs } from './requester.ts';
import { requesterTimers } from './requester-timers.ts';
import { respond } from './respond.ts';
import { background, createdLater, inBackground } from './respond-async.ts';
import { keepRules } from './rules.ts';
import { conversationStore } from './tables.ts';
import { worklist } from './worklist.ts';

const endpoint = fhir({ beforeWrite: keepRules });
const mllp = hl7v2({ provider: hl7Provider, requester: hl7Requester }, HL7_DIALECTS);

/** Reads that may be put off; everything else is answered at once, as RFC 7240 lets a server do. */
const PUT_OFF = ['readResource', 'searchType', 'searchTypePost', 'historyInstance', 'historyType', 'historySystem'];

const putOff: Readonly<Record<string, Handler>> = Object.fromEntries(
  PUT_OFF.flatMap((id) => {
    const handler = endpoint.handlers[id];
    return handler === undefined ? [] : [[id, inBackground(handler)]];
  }),
);
const { createResource } = endpoint.handlers;

/** Asynchronous request/response: acknowledged at once, decided by a person, answered in a message or at a status address. */
export const app: PatternApp = {
  handlers: {
    ...endpoint.handlers,
    ...putOff,
    ...(createResource === undefined ? {} : { createResource: createdLater(createResource) }),
    ...barsHandlers(endpoint.handlers),
    processMessage,
    readAsyncStatus,
    cancelAsync,
  },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, respond, background: background(endpoint.handlers) },
  timers: { clinician: clinicianDecides, ...requesterTimers, ...mailboxTimers, [POLL]: looksIntoMailbox },
  acts: {
    requester: { ...requesterActs, ...hl7RequesterActs, ...mailActs },
    provider: { ...providerActs, ...hl7ProviderActs, ...mailActs },
  },
  worklists: { provider: worklist },
  stores: [...endpoint.stores, conversationStore, mailboxStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeopleAndDiaries(ctx, options);
    if (ctx.participant.name === EXCHANGE) await seedMailboxes(ctx);
  },
  examples: examplesOf,
};
