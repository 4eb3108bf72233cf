import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';

const SHOWN = 10;

/** One signal as it came out of a queue or a mailbox. */
interface Got {
  readonly one: SeenExchange;
  /** By which the event is told from others: the CloudEvent's id, or the Bundle's. */
  readonly event: string;
  /** What it is deleted or acknowledged by, as part of a path. */
  readonly place: string;
}

const isOk = ({ reply }: SeenExchange): boolean => reply !== undefined && reply.status < 300;
const gotIn = (one: SeenExchange, signal: unknown, place: string): readonly Got[] => {
  const event = at(signal, 'id');
  return typeof event === 'string' ? [{ one, event, place }] : [];
};

/** What it received, message by message. */
const received = (evidence: JournalEvidence): readonly Got[] =>
  sentBy(evidence)
    .filter((one) => one.request.method === 'GET' && isOk(one))
    .flatMap((one) => {
      const [path = ''] = pathOf(one).split('?');
      if (/\/queues\/[^/]+\/messages$/.test(path))
        return list(at(parsed(one.reply), 'messages')).flatMap((message) =>
          gotIn(one, at(message, 'body'), `${path}/${String(at(message, 'id'))}`),
        );
      return /\/inbox\/[^/]+$/.test(path) ? gotIn(one, parsed(one.reply), `${path}/status/acknowledged`) : [];
    });

/** A repeat is dropped, so it is done with as well as the first: else it comes again and again. */
const bears = (evidence: JournalEvidence): Judgement => {
  const done = new Set(
    sentBy(evidence)
      .filter((one) => isOk(one) && /^(?:DELETE|PUT)$/.test(one.request.method))
      .map((one) => pathOf(one)),
  );
  const judged: SeenExchange[] = [];
  for (const comings of Map.groupBy(received(evidence), ({ event }) => event).values()) {
    const [first, ...repeats] = comings;
    if (first === undefined || repeats.length === 0) continue;
    const left = repeats.find(({ place }) => !done.has(place));
    if (left !== undefined)
      return fail(
        `The event ${left.event} came twice, and the repeat was left where it was.`,
        first.one.id,
        left.one.id,
      );
    judged.push(first.one, ...repeats.map(({ one }) => one));
  }
  const ids = judged.slice(0, SHOWN).map(({ id }) => id);
  return ids.length === 0 ? skip('no event came to it twice') : passOn(...ids);
};

export const checks: readonly Check[] = [
  {
    id: 'pub-06-twice-signalled',
    requirements: ['PUB-06'],
    reads: 'journal',
    participants: ['subscriber', 'other-subscriber'],
    dialects: ['mns'],
    title: 'It bears a signal that comes twice',
    failure: 'A signal that came twice was too much.',
    stimulus: {
      todo: 'Switch on the fault, by which the next signal is put into its queue twice, let the publisher change an address, and let your system read its queue.',
      fault: { participant: 'broker', operation: 'notify', times: 1, effect: { kind: 'message', as: 'duplicate' } },
    },
    judge: bears,
  },
];
