import { attemptsAfter } from '../../sandbox/conformance/attempts.ts';
import { fail, type JournalCheck, type Judgement, omit, passOn, skip } from '../../sandbox/conformance/check.ts';
import {
  brief,
  type JournalEvidence,
  requestId,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';
import { ids, recordOf } from './seen-records.ts';
import { seenVersions, staleRefusals } from './seen-versions.ts';

/** PUT and PATCH on a record; what made a new record, or may have been meant to, had no version to name. */
const updatesOf = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentBy(evidence).filter((one) => {
    const { request, reply } = one;
    const record = recordOf(one);
    if ((request.method !== 'PUT' && request.method !== 'PATCH') || record === undefined) return false;
    const known = request.headers['if-match'] !== undefined || seenVersions(evidence, record, one.began).length > 0;
    return reply?.status !== 201 && (known || reply?.status === 200 || reply?.status === 412);
  });

const namesVersion = (evidence: JournalEvidence): Judgement => {
  const updates = updatesOf(evidence);
  for (const update of updates) {
    const record = recordOf(update) ?? '';
    const named = update.request.headers['if-match'];
    const seen = seenVersions(evidence, record, update.began);
    if (named === undefined) return fail(`${brief(update)} without If-Match.`, update.id);
    if (!seen.includes(named))
      return fail(
        `${brief(update)} with If-Match ${named}; of ${record} it had seen ${seen.join(', ') || 'no version'}.`,
        update.id,
      );
    const refused = staleRefusals(evidence, record, update.began).find(({ version }) => version === named);
    if (refused !== undefined)
      return fail(
        `${brief(update)} with If-Match ${named}, which had been refused as stale before.`,
        refused.exchange.id,
        update.id,
      );
  }
  return updates.length === 0 ? skip('it has changed no record') : passOn(...ids(updates));
};

/** Longer than anybody waits in front of a screen, and as long as a sandbox can delay an answer. */
const MINUTE = 60_000;
/** What is answered sooner than this says nothing about a timeout. */
const SLOW = 1_000;

const givesUp = (evidence: JournalEvidence): Judgement => {
  const slow = sentBy(evidence).filter((one) => one.ended - one.began >= SLOW);
  const waited = slow.find((one) => one.noReply !== 'gone' && one.ended - one.began >= MINUTE);
  if (waited !== undefined)
    return fail(`${brief(waited)} after ${Math.round((waited.ended - waited.began) / 1_000)} s.`, waited.id);
  const gave = slow.filter((one) => one.noReply === 'gone');
  return gave.length > 0 ? passOn(...ids(gave)) : skip('no answer took so long that it had to hang up');
};

const sameAfterTimeout = (evidence: JournalEvidence): Judgement => {
  const lost = (one: SeenExchange): boolean => one.noReply === 'gone' || one.noReply === 'dropped';
  const attempts = attemptsAfter(evidence, lost);
  const wrong = attempts.find(({ failed, again }) => requestId(failed) !== requestId(again));
  if (wrong !== undefined)
    return fail(
      `${brief(wrong.failed)} under ${requestId(wrong.failed) ?? 'no id'}, then again under ${requestId(wrong.again) ?? 'no id'}.`,
      wrong.failed.id,
      wrong.again.id,
    );
  const named = attempts.filter(({ failed }) => requestId(failed) !== undefined);
  if (named.length > 0) return passOn(...ids(named.flatMap(({ failed, again }) => [failed, again])));
  if (attempts.length > 0) return omit('its requests carry no X-Request-ID, so there is no id to keep');
  return sentBy(evidence).some(lost) ? skip('what got no reply was not sent again') : skip('every request got a reply');
};

/** What the requester has to keep to, judged by what it did in a sandbox. */
export const checks: readonly JournalCheck[] = [
  {
    id: 'rrs-03-if-match',
    requirements: ['RRS-03'],
    reads: 'journal',
    title: 'Every update names the version that was seen',
    failure: 'An update does not carry the version that was last seen in If-Match.',
    stimulus: { todo: 'Let your system read a record and change it.' },
    judge: namesVersion,
  },
  {
    id: 'rrs-11-timeout',
    requirements: ['RRS-11'],
    reads: 'journal',
    title: 'It hangs up when no answer comes',
    failure: 'It waited a minute or longer for an answer: no timeout of its own was seen to strike.',
    stimulus: {
      todo: 'Switch on the fault, let your system send a request, and judge again a minute later, when the delay is over.',
      fault: { times: 1, effect: { kind: 'latency', ms: MINUTE } },
    },
    judge: givesUp,
  },
  {
    id: 'rrs-11-same-id',
    requirements: ['RRS-11'],
    reads: 'journal',
    title: 'After no reply, the same request is sent again under the same id',
    failure: 'What had got no reply was sent again under another id.',
    stimulus: {
      todo: 'Switch on the fault, which loses a reply after the effect, and let your system try again.',
      fault: { times: 1, effect: { kind: 'drop', when: 'after' } },
    },
    judge: sameAfterTimeout,
  },
];
