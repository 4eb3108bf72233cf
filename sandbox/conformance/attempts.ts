import {
  isUnknown,
  type JournalEvidence,
  retryAfter,
  type SeenExchange,
  sameContent,
  sentBy,
} from './journal-evidence.ts';

/** How long after a failure the same question, asked again, is still taken for a second attempt: a minute, after any Retry-After. */
const READ_AGAIN = 60_000;

const isSafe = ({ request }: SeenExchange): boolean => request.method === 'GET' || request.method === 'HEAD';

/** Whether this may be a second attempt at that: the same content, sent after it ended, and a question soon enough. */
const follows = (failed: SeenExchange, later: SeenExchange): boolean => {
  if (later.began < failed.ended || !sameContent(failed, later)) return false;
  // A person who looks again an hour later asks something new; the same change sent again is the same change.
  return !isSafe(failed) || later.began - failed.ended <= READ_AGAIN + (retryAfter(failed) ?? 0) * 1_000;
};

export interface Attempt {
  readonly failed: SeenExchange;
  readonly again: SeenExchange;
}

/** What failed in that way and was sent again by the same participant, with what it sent: the next with the same content. */
export const attemptsAfter = (
  evidence: JournalEvidence,
  failed: (exchange: SeenExchange) => boolean,
): readonly Attempt[] => {
  const sent = sentBy(evidence);
  return sent.flatMap((exchange, index) => {
    if (!failed(exchange)) return [];
    const again = sent.slice(index + 1).find((later) => follows(exchange, later));
    return again === undefined ? [] : [{ failed: exchange, again }];
  });
};

/** What was sent again after the outcome was left unknown. */
export const resent = (evidence: JournalEvidence): readonly Attempt[] => attemptsAfter(evidence, isUnknown);
