import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { type JournalEvidence, sameContent } from '../../sandbox/conformance/journal-evidence.ts';
import {
  acknowledged,
  briefly,
  chunksOf,
  downloaded,
  givenId,
  header,
  idsOf,
  isSending,
  type MailCall,
  mailCalls,
  refusalOf,
} from '../../sandbox/conformance/mail-seen.ts';

const ADDRESSING: readonly unknown[] = ['06', '07', '08', '12', '17'];

const addressed = (evidence: JournalEvidence): Judgement => {
  const sent = mailCalls(evidence).filter(isSending);
  const astray = sent.find((call) => ADDRESSING.includes(refusalOf(call)));
  if (astray !== undefined) return fail(`${briefly(astray)}, code ${String(refusalOf(astray))}.`, astray.one.id);
  return sent.length === 0 ? skip('it has sent no message') : passOn(...idsOf(sent));
};

const sameMail = (one: MailCall, other: MailCall): boolean =>
  sameContent(one.one, other.one) &&
  ['mex-to', 'mex-workflowid', 'mex-localid'].every(
    (name) => header(one.one.request, name) === header(other.one.request, name),
  );

const accepts = (evidence: JournalEvidence): Judgement => {
  const taken = mailCalls(evidence).filter((call) => isSending(call) && givenId(call) !== undefined);
  for (const [index, call] of taken.entries()) {
    const again = taken.slice(index + 1).find((later) => sameMail(call, later));
    if (again !== undefined)
      return fail(`${String(givenId(call))} had been accepted, and was sent again.`, call.one.id, again.one.id);
  }
  return taken.length === 0 ? skip('the exchange has taken over no message of it') : passOn(...idsOf(taken));
};

/** Reports with such a code that it downloaded: each has to be acknowledged, and stays in its inbox until it is. */
const takesIn =
  (codes: RegExp, none: string) =>
  (evidence: JournalEvidence): Judgement => {
    const calls = mailCalls(evidence);
    const reports = calls.filter(
      (call) =>
        downloaded(call) !== undefined &&
        header(call.one.reply, 'mex-messagetype') === 'REPORT' &&
        codes.test(header(call.one.reply, 'mex-statuscode')),
    );
    const done = new Set(calls.map(acknowledged));
    const left = reports.find((call) => !done.has(downloaded(call)?.mail));
    if (left !== undefined) return fail(`The report ${downloaded(left)?.mail} is still in its inbox.`, left.one.id);
    return reports.length === 0 ? skip(none) : passOn(...idsOf(reports));
  };

/** Every chunk of what it began, each where it belongs. */
const sendsAll = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence);
  const begun = calls.filter(
    (call) => isSending(call) && givenId(call) !== undefined && chunksOf(call.one.request.headers) > 1,
  );
  for (const call of begun) {
    const total = chunksOf(call.one.request.headers);
    for (let chunk = 2; chunk <= total; chunk += 1) {
      const there = calls.some(
        ({ path, one }) => path === `/outbox/${String(givenId(call))}/${chunk}` && one.reply?.status === 202,
      );
      if (!there) return fail(`Chunk ${chunk} of ${total} never came, so it is not delivered.`, call.one.id);
    }
  }
  return begun.length === 0 ? skip('it has sent nothing in chunks') : passOn(...idsOf(begun));
};

const ONCE = 2;

const freshTokens = (evidence: JournalEvidence): Judgement => {
  const calls = mailCalls(evidence).filter(({ one }) => one.reply !== undefined);
  const replayed = calls.find(
    ({ one }) => one.reply?.status === 403 && one.reply.body.includes('The token was used before'),
  );
  if (replayed !== undefined) return fail(`${briefly(replayed)}: its token had been used before.`, replayed.one.id);
  const good = calls.filter(({ one }) => one.reply?.status !== 403);
  return good.length < ONCE ? skip('it has authenticated less than twice') : passOn(...idsOf(good));
};

const dialects = ['mesh'];
const participants = ['sender'];
const common = { reads: 'journal', participants, dialects } as const;

/** Of a sender at its mailbox, by what it did in a sandbox; and of whoever has one, how it authenticates. */
export const checks: readonly Check[] = [
  {
    ...common,
    id: 'psh-01-mailbox',
    requirements: ['PSH-01'],
    title: 'It sends to an address, from its own mailbox, under a workflow that it may use',
    failure: 'A message was refused for its address or its workflow.',
    stimulus: { todo: 'Let your system send a message to X26ABC2 under TEST_WORKFLOW.' },
    judge: addressed,
  },
  {
    ...common,
    id: 'psh-02-accepted-once',
    requirements: ['PSH-02'],
    title: 'What was accepted it does not send again',
    failure: 'A message that the exchange had taken over was sent once more, as another.',
    stimulus: { todo: 'Let your system send a message; it is accepted with 202 and an id.' },
    judge: accepts,
  },
  {
    ...common,
    id: 'psh-06-collects-reports',
    requirements: ['PSH-06'],
    title: 'It collects reports of what nobody collected',
    failure: 'A report of non-delivery was left in the inbox.',
    stimulus: {
      todo: 'Stop the recipient, send a message, move the clock on by five days, and let your system look into its inbox.',
    },
    judge: takesIn(/^14$/, 'it has downloaded no report with the code 14'),
  },
  {
    ...common,
    id: 'psh-07-late-address-errors',
    requirements: ['PSH-07'],
    title: 'It collects reports that an address led nowhere',
    failure: 'A report that an address led nowhere was left in the inbox.',
    stimulus: {
      todo: 'Send a message to GPPROVIDER_9000000017_01011900_Nobody, which is accepted, and let your system look into its inbox.',
    },
    judge: takesIn(/^(?:12|EPL-15\d)$/, 'it has downloaded no report with the code 12 or EPL-15x'),
  },
  {
    ...common,
    id: 'psh-08-sends-all',
    requirements: ['PSH-08'],
    title: 'It sends every chunk of what it has begun',
    failure: 'A message in chunks was not sent to its end.',
    stimulus: { todo: 'Let your system send a message in chunks (Mex-Chunk-Range).' },
    judge: sendsAll,
  },
  {
    ...common,
    participants: ['sender', 'recipient'],
    id: 'psh-09-fresh-tokens',
    requirements: ['PSH-09'],
    title: 'It authenticates each request with a token of its own',
    failure: 'A token was used twice.',
    stimulus: { todo: 'Let your system make two requests, a handshake for instance.' },
    judge: freshTokens,
  },
];
