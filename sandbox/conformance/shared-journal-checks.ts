import { type Attempt, attemptsAfter, resent } from './attempts.ts';
import { fail, type JournalCheck, type Judgement, omit, passOn, skip } from './check.ts';
import {
  brief,
  isUnknown,
  type JournalEvidence,
  requestId,
  retryAfter,
  type SeenExchange,
  sameContent,
  sentBy,
} from './journal-evidence.ts';
import { tokenChecks } from './token-checks.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Named behind one verdict; of a long session the first are enough to look at. */
const SHOWN = 10;
const idsOf = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);
const some = (lines: readonly string[]): string =>
  lines.length > 3 ? `${lines.slice(0, 3).join('; ')}; and ${lines.length - 3} more` : lines.join('; ');

const isUuid = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence);
  const wrong = sent.filter((one) => !UUID.test(requestId(one) ?? ''));
  if (wrong.length > 0)
    return fail(
      `${some(wrong.map((one) => `${brief(one)} with ${requestId(one) === undefined ? 'none' : `"${requestId(one)}"`}`))}.`,
      ...idsOf(wrong),
    );
  return sent.length === 0 ? skip('it has sent nothing') : passOn(...idsOf(sent));
};

const isNew = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence).filter((one) => requestId(one) !== undefined);
  const first = new Map<string, SeenExchange>();
  for (const one of sent) {
    const id = requestId(one) ?? '';
    const before = first.get(id);
    if (before !== undefined && !sameContent(before, one))
      return fail(`${id} came with ${brief(before)} and with ${brief(one)}.`, before.id, one.id);
    first.set(id, before ?? one);
  }
  return sent.length < 2 ? skip('it has not sent two requests with an id') : passOn(...idsOf(sent));
};

const sameId = ({ failed, again }: Attempt): boolean => requestId(failed) === requestId(again);

/** Under the id of what failed, something else: a new question may not take the id of one whose outcome is unknown. */
const otherUnderSameId = (evidence: JournalEvidence): Attempt | undefined => {
  const sent = sentBy(evidence);
  for (const failed of sent.filter((one) => isUnknown(one) && requestId(one) !== undefined)) {
    const again = sent.find(
      (later) => later.began >= failed.ended && requestId(later) === requestId(failed) && !sameContent(failed, later),
    );
    if (again !== undefined) return { failed, again };
  }
  return undefined;
};

const resends = (evidence: JournalEvidence): Judgement => {
  const other = otherUnderSameId(evidence);
  if (other !== undefined)
    return fail(
      `${brief(other.failed)}, then ${brief(other.again)} under the same id.`,
      other.failed.id,
      other.again.id,
    );
  const attempts = resent(evidence);
  const withId = attempts.filter(({ failed }) => requestId(failed) !== undefined);
  const wrong = withId.find((attempt) => !sameId(attempt));
  if (wrong !== undefined)
    return fail(
      `${brief(wrong.failed)}, then sent again as ${requestId(wrong.again) ?? 'a request without an id'} in place of ${requestId(wrong.failed)}.`,
      wrong.failed.id,
      wrong.again.id,
    );
  if (withId.length > 0) return passOn(...idsOf(withId.flatMap(({ failed, again }) => [failed, again])));
  if (attempts.length > 0) return omit('its requests carry no X-Request-ID, where the dialect does not ask for one');
  return sentBy(evidence).some(isUnknown)
    ? skip('what got no final answer was not sent again')
    : skip('every request got a final answer');
};

/** Clocks are whole milliseconds, and timers may be early by one. */
const EARLY = 20;

const waits = (evidence: JournalEvidence): Judgement => {
  const told = (one: SeenExchange): boolean =>
    (one.reply?.status === 429 || one.reply?.status === 503) && retryAfter(one) !== undefined;
  const attempts = attemptsAfter(evidence, told);
  const waited = ({ failed, again }: Attempt): number => again.began - failed.ended;
  const early = attempts.find((attempt) => waited(attempt) + EARLY < (retryAfter(attempt.failed) ?? 0) * 1_000);
  if (early !== undefined)
    return fail(
      `${brief(early.failed)} with Retry-After ${retryAfter(early.failed)}, and sent again after ${(waited(early) / 1_000).toFixed(1)} s.`,
      early.failed.id,
      early.again.id,
    );
  if (attempts.length > 0) return passOn(...idsOf(attempts.flatMap(({ failed, again }) => [failed, again])));
  return sentBy(evidence).some(told)
    ? skip('it was told when to try again, and has not tried again')
    : skip('no 429 or 503 with Retry-After was answered');
};

const limited = (one: SeenExchange): boolean => one.reply?.status === 429 && retryAfter(one) === undefined;

/** Attempts at one thing that were each answered 429 and followed by the next, in order. */
const series = (evidence: JournalEvidence): readonly SeenExchange[][] => {
  const chains: SeenExchange[][] = [];
  for (const { failed, again } of attemptsAfter(evidence, limited)) {
    const chain = chains.find((one) => one.at(-1) === failed);
    if (chain === undefined) chains.push([failed, again]);
    else chain.push(again);
  }
  return chains;
};

/** Jitter may shorten a wait; that the last is half as long again as the first is what "exponentially" comes to at least. */
const GROWN = 1.5;
/** Sooner than this nobody waited: what grows there is only how long the network took. */
const WAITED = 100;

const backsOff = (evidence: JournalEvidence): Judgement => {
  const long = series(evidence).filter((chain) => chain.length > 2);
  for (const chain of long) {
    const gaps = chain.slice(1).map((one, index) => one.began - (chain[index]?.ended ?? 0));
    const [first = 0, last = 0] = [gaps[0], gaps.at(-1)];
    if (last < first * GROWN || last < WAITED)
      return fail(`It waited ${gaps.map((gap) => `${(gap / 1_000).toFixed(1)} s`).join(', then ')}.`, ...idsOf(chain));
  }
  return long.length > 0 ? passOn(...idsOf(long.flat())) : skip('it was not told 429 twice in a row about one request');
};

/** Where the dialect has a search by POST, so that nobody needs to be named in a URL. */
const SEARCH_BY_POST = new Set(['fhir-r4', 'nrl', 'imms']);
const PERSONAL =
  /^(?:(?:patient|subject)[.:].*|identifier|nhs-?number|name|family|given|birthdate|address.*|telecom|phone|email|phonetic)(?::.*)?$/i;

const urls = (evidence: JournalEvidence): Judgement => {
  if (!SEARCH_BY_POST.has(evidence.dialect)) return omit(`the dialect ${evidence.dialect} has no search by POST`);
  const sent = sentBy(evidence);
  const named = sent.flatMap((one) => {
    const { searchParams } = new URL(one.request.url, 'http://sandbox.invalid');
    const names = [...new Set(searchParams.keys())].filter((name) => PERSONAL.test(name));
    return names.length === 0 ? [] : [{ one, names }];
  });
  if (named.length > 0)
    return fail(
      `${some(named.map(({ one, names }) => `${one.request.method} with ${names.join(', ')} in the URL`))}.`,
      ...idsOf(named.map(({ one }) => one)),
    );
  const searched = sent.filter(({ request }) => request.method === 'POST' && /\/_search(?:\?|$)/.test(request.url));
  return searched.length > 0 ? passOn(...idsOf(searched)) : skip('it has not searched for a person');
};

const SEND_AGAIN = 'Switch on the fault, and let your system send something and try again by itself.';

/** What every participant that asks others of something has to keep to, whatever the pattern. */
export const sharedJournalChecks: readonly JournalCheck[] = [
  {
    id: 'com-01-uuid',
    requirements: ['COM-01'],
    reads: 'journal',
    title: 'Every request carries an X-Request-ID that is a UUID',
    failure: 'A request carries no X-Request-ID, or one that is not a UUID.',
    stimulus: { todo: 'Let your system send a request to this sandbox.' },
    judge: isUuid,
  },
  {
    id: 'com-01-new',
    requirements: ['COM-01'],
    reads: 'journal',
    title: 'Distinct requests have distinct ids',
    failure: 'Two different requests carry the same X-Request-ID.',
    stimulus: { todo: 'Let your system send two different requests to this sandbox.' },
    judge: isNew,
  },
  {
    id: 'com-02-same-id',
    requirements: ['COM-02'],
    reads: 'journal',
    title: 'What is sent again after 408, 503, 504 or no reply keeps its X-Request-ID and body',
    failure: 'What was sent again is not the same request under the same X-Request-ID.',
    stimulus: { todo: SEND_AGAIN, fault: { times: 1, effect: { kind: 'status', status: 503 } } },
    judge: resends,
  },
  {
    id: 'com-07-retry-after',
    requirements: ['COM-07'],
    reads: 'journal',
    title: 'Retry-After is waited for',
    failure: 'It did not wait as long as Retry-After said.',
    stimulus: { todo: SEND_AGAIN, fault: { times: 1, effect: { kind: 'status', status: 503, retryAfter: 3 } } },
    judge: waits,
  },
  {
    id: 'com-07-back-off',
    requirements: ['COM-07'],
    reads: 'journal',
    title: 'Each wait after a 429 is longer than the one before',
    failure: 'It does not back off when it is told 429.',
    stimulus: { todo: SEND_AGAIN, fault: { times: 3, effect: { kind: 'status', status: 429 } } },
    judge: backsOff,
  },
  {
    id: 'com-10-urls',
    requirements: ['COM-10'],
    reads: 'journal',
    title: 'Nobody is named in a URL where a search by POST exists',
    failure: 'A person is named in a URL, where a search by POST would not.',
    stimulus: { todo: 'Let your system search for a person.' },
    judge: urls,
  },
  ...tokenChecks,
];
