import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import type { JournalEvidence } from '../../sandbox/conformance/journal-evidence.ts';
import { idsOf } from '../../sandbox/conformance/mail-seen.ts';
import { asks, collected, type Mailed, sent } from './mail-message.ts';

const callsOf = (mails: readonly Mailed[]): string[] => idsOf(mails.map(({ call }) => call));
const acksIn = (evidence: JournalEvidence): readonly Mailed[] => sent(evidence).filter(({ isAck }) => isAck);
const answersIn = (evidence: JournalEvidence): readonly Mailed[] =>
  sent(evidence).filter(({ isAck, answers }) => !isAck && answers !== undefined);

/** Requests that it collected and that ask for a technical acknowledgement. */
const asking = (evidence: JournalEvidence): readonly Mailed[] =>
  collected(evidence).filter((one) => asks(one, 'InfAckRequested'));

const acknowledges = (evidence: JournalEvidence): Judgement => {
  const acks = acksIn(evidence);
  const requests = asking(evidence);
  const bare = requests.find(({ id }) => !acks.some(({ answers }) => answers === id));
  if (bare !== undefined)
    return fail(`${String(bare.id)} asked for an acknowledgement, and none was sent.`, bare.call.one.id);
  const late = requests.find(({ id }) => {
    const ack = acks.find(({ answers }) => answers === id);
    const answer = answersIn(evidence).find(({ answers }) => answers === id);
    return ack !== undefined && answer !== undefined && answer.call.one.began < ack.call.one.began;
  });
  if (late !== undefined)
    return fail(`${String(late.id)} was acknowledged only after it was decided.`, late.call.one.id);
  return requests.length === 0 ? skip('it has collected no request that asks for one') : passOn(...callsOf(requests));
};

const names = (evidence: JournalEvidence): Judgement => {
  const known = new Set(collected(evidence).map(({ id }) => id));
  const answers = answersIn(evidence);
  const stray = answers.find((one) => !known.has(one.answers));
  if (stray !== undefined)
    return fail(`It answers ${String(stray.answers)}, which it has never collected.`, stray.call.one.id);
  const codeless = answers.find(({ code }) => typeof code !== 'string');
  if (codeless !== undefined) return fail('The answer has no response.code.', codeless.call.one.id);
  return answers.length === 0 ? skip('it has sent no answer') : passOn(...callsOf(answers));
};

const isOwn = (evidence: JournalEvidence): Judgement => {
  const answers = answersIn(evidence);
  const same = answers.find(({ id, answers: of }) => id === undefined || id === of);
  if (same !== undefined) return fail('The answer has no id of its own.', same.call.one.id);
  return answers.length === 0 ? skip('it has sent no answer') : passOn(...callsOf(answers));
};

const once = (evidence: JournalEvidence): Judgement => {
  const again = [...Map.groupBy(collected(evidence), ({ id }) => id).values()].filter((comings) => comings.length > 1);
  for (const [first] of again) {
    if (first === undefined) continue;
    const said = answersIn(evidence).filter(({ answers }) => answers === first.id);
    const ids = new Set(said.map(({ id }) => id));
    if (ids.size > new Set(said.map(({ status }) => status)).size)
      return fail(`${String(first.id)} came twice, and was answered twice.`, ...callsOf(said));
  }
  return again.length === 0 ? skip('no request came to it twice') : passOn(...callsOf(again.flat()));
};

const refuses = (evidence: JournalEvidence): Judgement => {
  const empty = asking(evidence).filter(({ status }) => status === undefined);
  const said = [...acksIn(evidence), ...answersIn(evidence)];
  const silent = empty.find(({ id }) => !said.some(({ answers, code }) => answers === id && code !== 'ok'));
  if (silent !== undefined) return fail(`${String(silent.id)} is not valid, and nobody was told.`, silent.call.one.id);
  return empty.length === 0 ? skip('no invalid request came to it') : passOn(...callsOf(empty));
};

const cancels = (evidence: JournalEvidence): Judgement => {
  const revoked = collected(evidence).filter(({ status }) => status === 'revoked');
  const unheard = revoked.find(
    ({ call }) => !answersIn(evidence).some((one) => one.call.one.began > call.one.began && one.status === 'cancelled'),
  );
  if (unheard !== undefined)
    return fail('A referral was revoked, and no answer says that it is cancelled.', unheard.call.one.id);
  return revoked.length === 0 ? skip('no referral was revoked') : passOn(...callsOf(revoked));
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
  participants: ['provider'],
  dialects: ['mesh'],
  title,
  failure,
  stimulus: { todo },
  judge,
});

const REFER = 'Let the requester send a referral, look into the mailbox, and decide.';

/** A provider that has a mailbox, judged by what it collected and sent. */
export const checks: readonly Check[] = [
  check(
    'rra-01-mail',
    'A referral is acknowledged when it has been collected, before it is decided',
    'A referral that asked for an acknowledgement had none, or only with its answer.',
    REFER,
    acknowledges,
  ),
  check('rra-04-mail', 'The answer is a message of its own', 'The answer has no id of its own.', REFER, isOwn),
  check('rra-05-mail', 'The answer names the request', 'An answer does not name the request.', REFER, names),
  check(
    'rra-07-mail',
    'A request that comes twice is answered once',
    'A request that came twice had two effects.',
    'Let the requester send a referral, collect it, and collect it again before it is acknowledged at the exchange.',
    once,
  ),
  check(
    'rra-13-mail',
    'An invalid request is refused, and the requester told',
    'Of an invalid request nobody was told.',
    'Send a message with a MessageHeader and nothing else to the mailbox.',
    refuses,
  ),
  check(
    'rra-14-mail',
    'A referral can be revoked by a message',
    'A referral was revoked, and nothing came of it.',
    'Let the requester send a referral and cancel it.',
    cancels,
  ),
];
