import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { type JournalEvidence, sameContent } from '../../sandbox/conformance/journal-evidence.ts';
import { acknowledged, briefly, header, idsOf, isSending, mailCalls } from '../../sandbox/conformance/mail-seen.ts';
import { collected, type Mailed, sent } from './mail-message.ts';

const callsOf = (mails: readonly Mailed[]): string[] => idsOf(mails.map(({ call }) => call));

/** Business answers that it collected. */
const answersTo = (evidence: JournalEvidence): readonly Mailed[] =>
  collected(evidence).filter(({ isAck, answers }) => !isAck && answers !== undefined);
const askedIn = (evidence: JournalEvidence): ReadonlySet<unknown> => new Set(sent(evidence).map(({ id }) => id));
/** What it acknowledged at the exchange, so that it left the mailbox. */
const doneIn = (evidence: JournalEvidence): ReadonlySet<unknown> => new Set(mailCalls(evidence).map(acknowledged));

const collects = (evidence: JournalEvidence): Judgement => {
  const known = askedIn(evidence);
  const done = doneIn(evidence);
  const mine = answersTo(evidence).filter(({ answers }) => known.has(answers));
  const left = mine.find(({ mail }) => !done.has(mail));
  if (left !== undefined) return fail(`The answer ${left.mail} is still in its mailbox.`, left.call.one.id);
  return mine.length === 0 ? skip('it has collected no answer') : passOn(...callsOf(mine));
};

const PASSING: readonly number[] = [408, 429, 500, 502, 503, 504];

const sendsAgain = (evidence: JournalEvidence): Judgement => {
  const tries = mailCalls(evidence).filter(isSending);
  const local = (call: (typeof tries)[number]): string => header(call.one.request, 'mex-localid');
  const judged: (typeof tries)[number][] = [];
  for (const [index, call] of tries.entries()) {
    const again = tries
      .slice(index + 1)
      .find((later) => sameContent(call.one, later.one) && local(later) === local(call));
    const { reply } = call.one;
    const failed = reply === undefined || reply.status >= 400;
    if (again !== undefined && reply !== undefined && !PASSING.includes(reply.status))
      return fail(`${briefly(call)}, and it was sent again all the same.`, call.one.id, again.one.id);
    if (failed) judged.push(call);
  }
  return judged.length === 0 ? skip('nothing that it sent failed') : passOn(...idsOf(judged));
};

const bears = (evidence: JournalEvidence): Judgement => {
  const done = doneIn(evidence);
  const twice = [...Map.groupBy(answersTo(evidence), ({ id }) => id).values()].filter(
    (comings) => new Set(comings.map(({ mail }) => mail)).size > 1,
  );
  const left = twice.flat().find(({ mail }) => !done.has(mail));
  if (left !== undefined)
    return fail(`The answer ${String(left.id)} came twice, and ${left.mail} was left.`, left.call.one.id);
  return twice.length === 0 ? skip('no answer came to it twice') : passOn(...callsOf(twice.flat()));
};

const setsAside = (evidence: JournalEvidence): Judgement => {
  const known = askedIn(evidence);
  const stray = answersTo(evidence).filter(({ answers }) => !known.has(answers));
  const done = doneIn(evidence);
  const left = stray.find(({ mail }) => !done.has(mail));
  if (left !== undefined) return fail(`An answer to nothing, ${left.mail}, blocks its mailbox.`, left.call.one.id);
  return stray.length === 0 ? skip('no answer to nothing came to it') : passOn(...callsOf(stray));
};

const check = (
  id: string,
  title: string,
  failure: string,
  todo: string,
  judge: (evidence: JournalEvidence) => Judgement,
): Check => ({
  id,
  requirements: [id.slice(0, 6).toUpperCase()],
  reads: 'journal',
  participants: ['requester'],
  dialects: ['mesh'],
  title,
  failure,
  stimulus: { todo },
  judge,
});

/** A requester that has a mailbox. */
export const checks: readonly Check[] = [
  check(
    'rra-06-mail',
    'It collects answers, and acknowledges each at the exchange',
    'An answer was left in its mailbox.',
    'Send a referral, let the provider decide, and look into the mailbox.',
    collects,
  ),
  check(
    'rra-08-mail',
    'It sends again only what may be sent again',
    'What was refused, or accepted, was sent again.',
    'Send a referral to a mailbox that nobody has.',
    sendsAgain,
  ),
  check(
    'rra-09-mail',
    'It bears an answer that comes twice',
    'An answer that came twice was too much.',
    'When an answer has come, let the provider send it again (act "Send the last answer again").',
    bears,
  ),
  check(
    'rra-10-mail',
    'It sets aside an answer to nothing',
    'An answer to nothing was left in its mailbox.',
    'Let the provider send an answer to nothing (act "Send an answer to nothing").',
    setsAside,
  ),
];
