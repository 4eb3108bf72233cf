import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at } from '../../sandbox/conformance/evidence.ts';
import {
  brief,
  isUnknown,
  type JournalEvidence,
  parsed,
  pathOf,
  requestId,
  retryAfter,
  type SeenExchange,
  sameContent,
  sentBy,
  sentTo,
} from '../../sandbox/conformance/journal-evidence.ts';

const SHOWN = 10;
const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);
const isMessage = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && pathOf(one).startsWith('/$process-message');
const headerOf = (one: SeenExchange): unknown => at(parsed(one.request), 'entry', 0, 'resource');
const bundleId = (one: SeenExchange): unknown => at(parsed(one.request), 'id');
const answers = (one: SeenExchange): unknown => at(headerOf(one), 'response', 'identifier');
/** Business responses that were brought to the participant. */
const responses = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentTo(evidence).filter((one) => isMessage(one) && answers(one) !== undefined);
/** What it asked, as it may be referred to. */
const asked = (evidence: JournalEvidence): ReadonlySet<unknown> =>
  new Set(
    sentBy(evidence)
      .filter(isMessage)
      .flatMap((one) => [bundleId(one), at(headerOf(one), 'id')]),
  );

const GRACE = 1_000;

const waits = (evidence: JournalEvidence): Judgement => {
  const looks = sentBy(evidence).filter((one) => one.request.method === 'GET' && pathOf(one).includes('async-status'));
  if (looks.length === 0) return skip('it has asked at no status address');
  const judged: SeenExchange[] = [];
  for (const [index, look] of looks.entries()) {
    const next = looks.slice(index + 1).find((later) => pathOf(later) === pathOf(look));
    const wait = retryAfter(look);
    if (next === undefined || wait === undefined) continue;
    // Whichever clock was moved on: it may count on its own time or on the sandbox's.
    const waited = Math.max(next.began - look.ended, next.at - look.at);
    if (waited + GRACE < wait * 1_000)
      return fail(
        `Retry-After was ${wait} s, and it asked again after ${Math.round(waited / 100) / 10} s.`,
        look.id,
        next.id,
      );
    judged.push(look, next);
  }
  return judged.length === 0 ? skip('it has not asked twice at one status address') : passOn(...ids(judged));
};

const isTaken = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && (reply.status < 300 || reply.status === 409);

/** One that did not get through may come again; a stray one is to be refused (RRA-10). */
const acknowledges = (evidence: JournalEvidence): Judgement => {
  const known = asked(evidence);
  const mine = responses(evidence).filter((one) => known.has(answers(one)));
  for (const deliveries of Map.groupBy(mine, bundleId).values()) {
    const last = deliveries.at(-1);
    if (last !== undefined && !deliveries.some(isTaken)) return fail(`${brief(last)}.`, ...ids(deliveries));
  }
  return mine.length === 0 ? skip('no business response was brought to it') : passOn(...ids(mine));
};

const PASSING: readonly number[] = [408, 429, 502, 503, 504];

const sendsAgain = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence).filter(isMessage);
  const judged: SeenExchange[] = [];
  for (const [index, one] of sent.entries()) {
    const again = sent.slice(index + 1).find((later) => sameContent(one, later) || requestId(later) === requestId(one));
    if (again === undefined) continue;
    const passes = isUnknown(one) || PASSING.includes(one.reply?.status ?? 0);
    if (!passes) return fail(`${brief(one)}, and it was sent again all the same.`, one.id, again.id);
    judged.push(one, again);
  }
  if (judged.length > 0) return passOn(...ids(judged));
  const refused = sent.filter(
    ({ reply }) => reply !== undefined && reply.status >= 400 && !PASSING.includes(reply.status),
  );
  return refused.length > 0 ? passOn(...ids(refused)) : skip('nothing that it sent failed');
};

const bears = (evidence: JournalEvidence): Judgement => {
  const brought = responses(evidence);
  const twice = brought.filter((one, index) =>
    brought.slice(0, index).some((first) => bundleId(first) === bundleId(one)),
  );
  const broken = twice.find(({ reply }) => reply === undefined || (reply.status >= 400 && reply.status !== 409));
  if (broken !== undefined)
    return fail(`The same response came twice, and the second time: ${brief(broken)}.`, broken.id);
  return twice.length === 0 ? skip('no response came to it twice') : passOn(...ids(twice));
};

const setsAside = (evidence: JournalEvidence): Judgement => {
  const known = asked(evidence);
  const stray = responses(evidence).filter((one) => !known.has(answers(one)));
  const lost = stray.find(({ reply }) => reply === undefined || reply.status >= 500);
  if (lost !== undefined) return fail(`${brief(lost)}, for an answer to nothing.`, lost.id);
  const taken = stray.find(({ reply }) => reply !== undefined && reply.status < 300);
  if (taken !== undefined)
    return fail(
      `${brief(taken)}: an answer to ${String(answers(taken))}, which it had never asked, was taken in.`,
      taken.id,
    );
  return stray.length === 0 ? skip('no answer to nothing was brought to it') : passOn(...ids(stray));
};

const asksNoAck = (evidence: JournalEvidence): Judgement => {
  const brought = responses(evidence).filter(({ reply }) => reply !== undefined);
  const asks = brought.find(({ reply }) =>
    /"(?:BusAckRequested|InfAckRequested)"\s*:\s*(?:"true"|true)/i.test(reply?.body ?? ''),
  );
  if (asks !== undefined) return fail(`${brief(asks)}: its acknowledgement asks to be acknowledged.`, asks.id);
  return brought.length === 0 ? skip('it has acknowledged nothing yet') : passOn(...ids(brought));
};

const participants = ['requester'];
const messageFault = { operation: 'processMessage', times: 1 } as const;

/** By mail they show otherwise: checks-mail*.ts. */
const OVER_HTTP = ['fhir-r4', 'bars'];

const overHttp: readonly Check[] = [
  {
    id: 'rra-03-waits',
    requirements: ['RRA-03'],
    reads: 'journal',
    participants,
    dialects: ['fhir-r4'],
    title: 'It asks at a status address no sooner than it was told to',
    failure: 'It asked again before Retry-After had passed.',
    stimulus: {
      todo: 'Create a ServiceRequest with Prefer: respond-async, and let your system ask until it is answered.',
    },
    judge: waits,
  },
  {
    id: 'rra-06-acknowledges',
    requirements: ['RRA-06'],
    reads: 'journal',
    participants,
    title: 'It acknowledges business responses',
    failure: 'A business response was not acknowledged technically.',
    stimulus: {
      todo: 'Give the seat the URL where your system listens, send a referral, and let the provider accept it (act "Accept a referral").',
    },
    judge: acknowledges,
  },
  {
    id: 'rra-08-sends-again',
    requirements: ['RRA-08'],
    reads: 'journal',
    participants,
    title: 'It sends again only what may be sent again',
    failure: 'Something was sent again that would be refused again.',
    stimulus: {
      todo: 'Switch on the fault, which answers the next message 503, send a referral, and let your system try again.',
      fault: { ...messageFault, effect: { kind: 'status', status: 503, retryAfter: 1 } },
    },
    judge: sendsAgain,
  },
  {
    id: 'rra-09-twice',
    requirements: ['RRA-09'],
    reads: 'journal',
    participants,
    title: 'It bears a response that comes twice',
    failure: 'A response that came twice was too much.',
    stimulus: { todo: 'When an answer has come, let the provider send it again (act "Send the last answer again").' },
    judge: bears,
  },
  {
    id: 'rra-10-stray',
    requirements: ['RRA-10'],
    reads: 'journal',
    participants,
    title: 'It refuses, or sets aside, an answer to nothing',
    failure: 'An answer to a request that was never made was taken for one.',
    stimulus: { todo: 'Let the provider send an answer to nothing (act "Send an answer to nothing").' },
    judge: setsAside,
  },
  {
    id: 'rra-12-no-ack-of-ack',
    requirements: ['RRA-12'],
    reads: 'journal',
    participants,
    title: 'Its acknowledgements ask for none',
    failure: 'An acknowledgement asked for an acknowledgement.',
    stimulus: { todo: 'Send a referral and let the provider answer it.' },
    judge: asksNoAck,
  },
];

export const checks: readonly Check[] = overHttp.map((check) => ({ dialects: OVER_HTTP, ...check }));
