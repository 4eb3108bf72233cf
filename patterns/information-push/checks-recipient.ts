import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import {
  brief,
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
  sentTo,
} from '../../sandbox/conformance/journal-evidence.ts';
import { isEvent } from './events.ts';
import { answers, asks, eventOf, isAckOf, isPositive, isSound, messageId } from './message-seen.ts';

const SHOWN = 10;
const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);
const isMessage = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && pathOf(one).startsWith('/$process-message') && parsed(one.request) !== undefined;
const messageIn = (one: SeenExchange): unknown => parsed(one.request);
/** Notifications that were brought to it. */
const brought = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentTo(evidence).filter((one) => isMessage(one) && answers(messageIn(one)) === undefined);
const acksOf = (evidence: JournalEvidence, one: SeenExchange): readonly SeenExchange[] =>
  sentBy(evidence).filter((sent) => isMessage(sent) && answers(messageIn(sent)) === messageId(messageIn(one)));

const isTaken = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && (reply.status < 300 || reply.status === 409);
const isKnown = (one: SeenExchange): boolean => isEvent(eventOf(messageIn(one)));
const byMessage = (exchanges: readonly SeenExchange[]): readonly (readonly SeenExchange[])[] => [
  ...Map.groupBy(exchanges, (one) => messageId(messageIn(one))).values(),
];

/** One that did not get through may come again. */
const acknowledges = (evidence: JournalEvidence): Judgement => {
  const sound = brought(evidence).filter((one) => isKnown(one) && isSound(messageIn(one)));
  for (const deliveries of byMessage(sound)) {
    const last = deliveries.at(-1);
    if (last !== undefined && !deliveries.some(isTaken)) return fail(`${brief(last)}.`, ...ids(deliveries));
  }
  return sound.length === 0 ? skip('no message was brought to it') : passOn(...ids(sound));
};

const bears = (evidence: JournalEvidence): Judgement => {
  const later = byMessage(brought(evidence)).flatMap((deliveries) =>
    deliveries.slice(deliveries.findIndex(isTaken) + 1).filter(() => deliveries.some(isTaken)),
  );
  const broken = later.find((one) => !isTaken(one) && one.noReply !== 'pending');
  if (broken !== undefined) return fail(`${brief(broken)}; what is known is answered 2xx, or 409.`, broken.id);
  return later.length === 0 ? skip('no message that it had taken came to it again') : passOn(...ids(later));
};

/** Refused with a 4xx, or taken and answered by a negative acknowledgement. */
const tells = (evidence: JournalEvidence, of: readonly SeenExchange[], none: string): Judgement => {
  const lost = of.find(({ reply, noReply }) => noReply !== 'pending' && (reply === undefined || reply.status >= 500));
  if (lost !== undefined) return fail(`${brief(lost)}; a refusal is a 4xx that says why.`, lost.id);
  const silent = of.find(
    (one) =>
      one.reply !== undefined &&
      one.reply.status < 300 &&
      acksOf(evidence, one).every((ack) => isPositive(messageIn(ack))),
  );
  if (silent !== undefined) return fail(`${brief(silent)}, and it sent no negative acknowledgement.`, silent.id);
  return of.length === 0 ? skip(none) : passOn(...ids(of));
};

const tellsInvalid = (evidence: JournalEvidence): Judgement =>
  tells(
    evidence,
    brought(evidence).filter((one) => isKnown(one) && !isSound(messageIn(one))),
    'no invalid message was brought to it',
  );

const tellsUnknown = (evidence: JournalEvidence): Judgement =>
  tells(
    evidence,
    brought(evidence).filter((one) => !isKnown(one)),
    'no message of an unknown workflow was brought to it',
  );

const onlyAsked = (evidence: JournalEvidence): Judgement => {
  const all = brought(evidence);
  const wants = (one: SeenExchange): boolean => asks(messageIn(one), 'InfAckRequested');
  for (const one of all.filter((each) => !wants(each))) {
    const [ack] = acksOf(evidence, one);
    if (ack !== undefined) return fail('The message had asked for none.', one.id, ack.id);
  }
  const asked = all.filter((one) => wants(one) && isKnown(one) && isSound(messageIn(one)) && isTaken(one));
  if (asked.length === 0) return skip('no message that asks for an acknowledgement was brought to it');
  const shown: SeenExchange[] = [];
  for (const one of asked) {
    const [ack] = acksOf(evidence, one);
    if (ack === undefined) return fail('The message had asked for one, and none came.', one.id);
    const event = eventOf(messageIn(ack));
    if (!isAckOf(event, eventOf(messageIn(one))))
      return fail(`It is of ${String(event)}; the message was of ${String(eventOf(messageIn(one)))}.`, one.id, ack.id);
    if (asks(messageIn(ack), 'InfAckRequested') || asks(messageIn(ack), 'BusAckRequested'))
      return fail('It asks to be acknowledged itself.', ack.id);
    shown.push(one, ack);
  }
  return passOn(...ids(shown));
};

const participants = ['recipient'];
const dialects = ['fhir-r4'];

/** Of a recipient, by what it did at its seat in a sandbox. */
export const checks: readonly Check[] = [
  {
    id: 'psh-03-acknowledges',
    requirements: ['PSH-03'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It acknowledges what is brought to it',
    failure: 'A sound message was not acknowledged.',
    stimulus: {
      todo: 'Give the seat the URL where your system listens, and let the sender send (act "Send a notification", by http): what it takes from a queue of its own is not seen here.',
    },
    judge: acknowledges,
  },
  {
    id: 'psh-04-bears',
    requirements: ['PSH-04'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It bears a message that comes again',
    failure: 'The same message was too much the second time.',
    stimulus: {
      todo: 'When a message has come, let the exchange bring it once more (act "Bring the last message again").',
    },
    judge: bears,
  },
  {
    id: 'psh-10-tells',
    requirements: ['PSH-10'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It refuses an invalid message, or acknowledges it negatively',
    failure: 'The sender was not told that its message is invalid.',
    stimulus: { todo: 'Let the exchange bring one (act "Bring an invalid message").' },
    judge: tellsInvalid,
  },
  {
    id: 'psh-11-as-asked',
    requirements: ['PSH-11'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It sends infrastructure acknowledgements where they are asked for, and only there',
    failure: 'An infrastructure acknowledgement is not as it was asked for.',
    stimulus: {
      todo: 'Let the sender send two notifications (act "Send a notification"), one of which asks for an acknowledgement.',
    },
    judge: onlyAsked,
  },
  {
    id: 'psh-13-tells',
    requirements: ['PSH-13'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It refuses a workflow that it does not know, and does not drop it',
    failure: 'A message of an unknown workflow was taken, and nobody was told what became of it.',
    stimulus: { todo: 'Let the exchange bring one (act "Bring a message of an unknown workflow").' },
    judge: tellsUnknown,
  },
];
