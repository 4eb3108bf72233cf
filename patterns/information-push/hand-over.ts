import { uncorrelatedMessage } from '../../sandbox/fhir/uncorrelated.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer, Ctx, Message } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import { PROCESS_MESSAGE } from './addresses.ts';

const FHIR_JSON = 'application/fhir+json';
const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

const handOver = async (message: Message, ctx: Ctx): Promise<void> => {
  // Whom it is about is for faults that a number stands for, and travels no further.
  const { about: _about, ...headers } = message.headers;
  const reply = await ctx.send('broker', {
    method: 'POST',
    path: PROCESS_MESSAGE,
    headers: { ...headers, accept: FHIR_JSON, 'content-type': FHIR_JSON },
    body: message.body,
  });
  if (PASSING.includes(reply.status)) throw problem(UPSTREAM_FAILED, `the exchange answered ${reply.status}`);
  if (reply.status >= 300) throw new Undeliverable(`the exchange answered ${reply.status}`);
  await ctx.transaction(async () => undefined);
};

/** Acknowledgements on their way from a party to the exchange. */
export const handOvers: Consumer = {
  participant: 'recipient',
  retry: { attempts: 12, first: 'PT30S', factor: 2, max: 'PT1H' },
  lesson: { uncorrelated: uncorrelatedMessage },
  handle: handOver,
};
