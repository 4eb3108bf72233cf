import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { type JournalEvidence, parsed, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import {
  acknowledged,
  chunksOf,
  downloaded,
  header,
  idsOf,
  isPoll,
  isSending,
  listedIn,
  type MailCall,
  mailCalls,
} from '../../sandbox/conformance/mail-seen.ts';
import { POLL } from '../../sandbox/mailboxes/timers.ts';
import { answers, asks, focusOf, isPositive, isSound, messageId } from './message-seen.ts';

const DAY = 24 * 3_600_000;
const FULL = 500;

const firstChunks = (calls: readonly MailCall[]): readonly MailCall[] =>
  calls.filter((call) => downloaded(call)?.chunk === 1 && header(call.one.reply, 'mex-messagetype') === 'DATA');
const mailIn = (call: MailCall): string => downloaded(call)?.mail ?? '';

const acknowledgesAfter = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const seen = new Set<string>();
  const done: MailCall[] = [];
  for (const call of calls) {
    const got = downloaded(call);
    if (got !== undefined) seen.add(got.mail);
    const mail = acknowledged(call);
    if (mail === undefined) continue;
    if (!seen.has(mail)) return fail(`${mail} was acknowledged before it was downloaded.`, call.one.id);
    done.push(call);
  }
  const left = firstChunks(calls).filter((call) => !done.some((one) => acknowledged(one) === mailIn(call)));
  const [first] = left;
  if (first !== undefined) return fail(`${mailIn(first)} was downloaded and never acknowledged.`, first.one.id);
  return done.length === 0 ? skip('it has downloaded no message') : passOn(...idsOf(done));
};

/** What it sent that answers a message. */
const acksOf = (calls: readonly MailCall[], id: unknown): readonly MailCall[] =>
  calls.filter((call) => isSending(call) && id !== undefined && answers(parsed(call.one.request)) === id);

const bearsAgain = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const again = [...Map.groupBy(firstChunks(calls), mailIn).values()].filter((times) => times.length > 1);
  for (const [first] of again) {
    if (first === undefined) continue;
    const acks = acksOf(calls, messageId(parsed(first.one.reply)));
    if (acks.length > 1) return fail(`${mailIn(first)} had ${acks.length} acknowledgements.`, ...idsOf(acks));
    if (!calls.some((call) => acknowledged(call) === mailIn(first)))
      return fail(`${mailIn(first)} came again and was never acknowledged.`, first.one.id);
  }
  return again.length === 0 ? skip('no message came to it twice') : passOn(...idsOf(again.flat()));
};

/** When something lay in its mailbox and it was due to look there, as our own recipient would have, had the seat been ours. */
const dueToPoll = ({ exchanges }: JournalEvidence): SeenExchange | undefined =>
  exchanges.find(({ kind, operation, note }) => kind === 'timer' && operation === POLL && note?.endsWith('external'));

const polls = (evidence: JournalEvidence): Judgement => {
  const asked = mailCalls(evidence).filter(isPoll);
  const due = dueToPoll(evidence);
  const [first] = asked;
  if (due !== undefined && (first?.one.at ?? evidence.now) - due.at > DAY)
    return first === undefined
      ? fail(
          'Something has lain in its mailbox for more than a day of the sandbox’s clock, and it has never asked.',
          due.id,
        )
      : fail(
          'It asked only when something had lain there for more than a day of the sandbox’s clock.',
          due.id,
          first.one.id,
        );
  for (const [index, call] of asked.entries()) {
    const next = asked[index + 1];
    if (next !== undefined && next.one.at - call.one.at > DAY)
      return fail('More than a day of the sandbox’s clock lies between two polls.', call.one.id, next.one.id);
    if (listedIn(call).length === FULL && next === undefined)
      return fail('500 were listed, and it did not ask again.', call.one.id);
  }
  const last = asked.at(-1);
  if (last !== undefined && evidence.now - last.one.at > DAY)
    return fail('More than a day of the sandbox’s clock has gone by since it asked last.', last.one.id);
  return asked.length < 2 ? skip('it has asked for messages less than twice') : passOn(...idsOf(asked));
};

const fetchesAll = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const begun = firstChunks(calls).filter((call) => chunksOf(call.one.reply?.headers) > 1);
  for (const call of begun) {
    const total = chunksOf(call.one.reply?.headers);
    const until = calls.findIndex((one) => acknowledged(one) === mailIn(call));
    const before = until < 0 ? calls : calls.slice(0, until);
    for (let chunk = 2; chunk <= total; chunk += 1)
      if (!before.some((one) => downloaded(one)?.mail === mailIn(call) && downloaded(one)?.chunk === chunk))
        return fail(
          `Chunk ${chunk} of ${total} was not downloaded${until < 0 ? '' : ' before it was acknowledged'}.`,
          call.one.id,
        );
  }
  return begun.length === 0 ? skip('no message in chunks lay in its mailbox') : passOn(...idsOf(begun));
};

/** Whole messages, as far as they are in one piece and can be read. */
const messagesIn = (calls: readonly MailCall[]) =>
  firstChunks(calls).flatMap((call) => {
    const message = parsed(call.one.reply);
    return message === undefined || answers(message) !== undefined ? [] : [{ call, message }];
  });

/** Its header names what is not in it, or what is in it lacks what FHIR requires. */
const isValid = (message: unknown): boolean => {
  const text = JSON.stringify(message);
  const named = focusOf(message)
    .split(' ')
    .filter((reference) => reference !== '');
  return isSound(message) && named.every((reference) => text.split(reference).length > 2);
};

const tellsInvalid = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const invalid = messagesIn(calls).filter(({ message }) => asks(message, 'InfAckRequested') && !isValid(message));
  for (const { call, message } of invalid) {
    const acks = acksOf(calls, messageId(message));
    if (acks.every((ack) => isPositive(parsed(ack.one.request))))
      return fail(`${mailIn(call)} is not valid, and no negative acknowledgement was sent.`, ...idsOf([call, ...acks]));
  }
  return invalid.length === 0
    ? skip('no invalid message that asks for an acknowledgement came')
    : passOn(...idsOf(invalid.map(({ call }) => call)));
};

const acknowledgesAsAsked = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const shown: MailCall[] = [];
  for (const { call, message } of messagesIn(calls)) {
    const acks = acksOf(calls, messageId(message));
    const [ack] = acks;
    if (!asks(message, 'InfAckRequested')) {
      if (ack !== undefined) return fail('The message had asked for none.', call.one.id, ack.one.id);
      continue;
    }
    if (ack === undefined) return fail('The message had asked for one, and none came.', call.one.id);
    const [workflow, due] = [
      header(ack.one.request, 'mex-workflowid'),
      `${header(call.one.reply, 'mex-workflowid')}_ACK`,
    ];
    if (workflow !== due) return fail(`Its workflow is ${workflow}, not ${due}.`, call.one.id, ack.one.id);
    if (asks(parsed(ack.one.request), 'InfAckRequested')) return fail('It asks to be acknowledged itself.', ack.one.id);
    shown.push(call, ack);
  }
  return shown.length === 0 ? skip('no message that asks for an acknowledgement came') : passOn(...idsOf(shown));
};

const common = { reads: 'journal', participants: ['recipient'], dialects: ['mesh'] } as const;
const SEND = 'Let the sender send to your mailbox (act "Send to a mailbox")';

/** Of a recipient at its mailbox, by what it did in a sandbox. */
export const checks: readonly Check[] = [
  {
    ...common,
    id: 'psh-03-acknowledges-after',
    requirements: ['PSH-03'],
    title: 'It acknowledges each message, and only once it has downloaded it',
    failure: 'A message was acknowledged too early, or never.',
    stimulus: { todo: `${SEND}, and let your system collect it.` },
    judge: acknowledgesAfter,
  },
  {
    ...common,
    id: 'psh-04-bears-again',
    requirements: ['PSH-04'],
    title: 'A message that it had already is acknowledged, and has no second effect',
    failure: 'The same message was too much the second time.',
    stimulus: {
      todo: `Switch on the fault, which loses an acknowledgement before it has any effect. ${SEND}, and let your system collect it twice.`,
      fault: { operation: 'acknowledgeMessage', times: 1, effect: { kind: 'status' as const, status: 503 } },
    },
    judge: bearsAgain,
  },
  {
    ...common,
    id: 'psh-05-polls',
    requirements: ['PSH-05'],
    title: 'It asks for messages at least daily, and again where 500 were listed',
    failure: 'It did not look into its mailbox often enough.',
    stimulus: { todo: `${SEND}, move the clock on by a day, and let your system look into its mailbox twice.` },
    judge: polls,
  },
  {
    ...common,
    id: 'psh-08-fetches-all',
    requirements: ['PSH-08'],
    title: 'It downloads every chunk before it acknowledges',
    failure: 'A message in chunks was not downloaded to its end.',
    stimulus: { todo: `${SEND}, in chunks, and let your system collect it.` },
    judge: fetchesAll,
  },
  {
    ...common,
    id: 'psh-10-negative',
    requirements: ['PSH-10'],
    title: 'It acknowledges an invalid message negatively',
    failure: 'The sender was not told that its message is invalid.',
    stimulus: { todo: `${SEND}, broken and with an acknowledgement asked for.` },
    judge: tellsInvalid,
  },
  {
    ...common,
    id: 'psh-11-by-mail',
    requirements: ['PSH-11'],
    title: 'It sends infrastructure acknowledgements where they are asked for, under the workflow and _ACK',
    failure: 'An infrastructure acknowledgement is not as it was asked for.',
    stimulus: { todo: `${SEND}, with an acknowledgement asked for.` },
    judge: acknowledgesAsAsked,
  },
];
