import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  brief,
  isUnknown,
  type JournalEvidence,
  parsed,
  pathOf,
  requestId,
  type SeenExchange,
  sameContent,
  sentBy,
  sentTo,
} from '../../sandbox/conformance/journal-evidence.ts';
import { chunksOf } from '../../sandbox/conformance/mail-seen.ts';
import { answers, contentOf, destinationsOf, eventOf, focusOf, isPositive, messageId } from './message-seen.ts';

const SHOWN = 10;
const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);
/** To the exchange by FHIR, or into an outbox there. */
const isMessage = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && /^\/\$process-message|\/messageexchange\/[^/]+\/outbox$/.test(pathOf(one));
const messageIn = (one: SeenExchange): unknown => parsed(one.request);
/** Notifications that it sent; its acknowledgements are no such. */
const notices = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentBy(evidence).filter(
    (one) => isMessage(one) && messageIn(one) !== undefined && answers(messageIn(one)) === undefined,
  );

const NOBODY: readonly unknown[] = ['not-found', 'not-supported'];

const addressed = (evidence: JournalEvidence): Judgement => {
  const sent = notices(evidence);
  for (const one of sent) {
    const message = messageIn(one);
    const many = destinationsOf(message).length;
    if (many !== 1)
      return fail(`${brief(one)}: it names ${many === 0 ? 'no' : many} destination${many > 1 ? 's' : ''}.`, one.id);
    if (typeof eventOf(message) !== 'string') return fail(`${brief(one)}: it names no workflow.`, one.id);
    const codes = list(at(parsed(one.reply), 'issue')).map((issue) => at(issue, 'code'));
    if (one.reply?.status === 422 && codes.some((code) => NOBODY.includes(code)))
      return fail(`${brief(one)}: its recipient or its workflow is known to nobody.`, one.id);
  }
  return sent.length === 0 ? skip('it has sent no message') : passOn(...ids(sent));
};

const failed = (one: SeenExchange): boolean => isUnknown(one) || (one.reply?.status ?? 0) >= 500;

/** The same piece of news, by whatever id it goes now. */
const isSameNews = (one: SeenExchange, later: SeenExchange): boolean => {
  const [first, second] = [messageIn(one), messageIn(later)];
  const same = focusOf(first) !== '' && focusOf(first) === focusOf(second) && eventOf(first) === eventOf(second);
  return same || sameContent(one, later) || (requestId(one) !== undefined && requestId(one) === requestId(later));
};

const keepsId = (evidence: JournalEvidence): Judgement => {
  const sent = notices(evidence);
  const judged: SeenExchange[] = [];
  for (const [index, one] of sent.entries()) {
    const again = failed(one) ? sent.slice(index + 1).find((later) => isSameNews(one, later)) : undefined;
    if (again === undefined) continue;
    const [first, second] = [messageId(messageIn(one)), messageId(messageIn(again))];
    if (first !== second)
      return fail(`It was ${String(first)}, and ${String(second)} when it was sent again.`, one.id, again.id);
    judged.push(one, again);
  }
  return judged.length === 0 ? skip('it has sent no message again') : passOn(...ids(judged));
};

const isTaken = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && (reply.status < 300 || reply.status === 409);

/** A report may come again until it is taken in. */
const takesReports = (evidence: JournalEvidence): Judgement => {
  const reports = sentTo(evidence).filter(
    (one) => isMessage(one) && answers(messageIn(one)) !== undefined && !isPositive(messageIn(one)),
  );
  for (const deliveries of Map.groupBy(reports, (one) => messageId(messageIn(one))).values()) {
    const last = deliveries.at(-1);
    if (last !== undefined && !deliveries.some(isTaken)) return fail(`${brief(last)}.`, ...ids(deliveries));
  }
  return reports.length === 0 ? skip('no report was brought to it') : passOn(...ids(reports));
};

const related = (message: unknown): readonly unknown[] =>
  contentOf(message).flatMap((resource) => list(at(resource, 'relatesTo')));

/** By what a message, or what it brought, may be referred to. */
const handles = (message: unknown): readonly unknown[] => [
  at(message, 'id'),
  messageId(message),
  ...contentOf(message).flatMap((resource) => [
    at(resource, 'id'),
    at(resource, 'masterIdentifier', 'value'),
    ...list(at(resource, 'identifier')).map((identifier) => at(identifier, 'value')),
  ]),
];

const bare = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^urn:uuid:/, '').replace(/^.*\/(?=[^/]+$)/, '') : value;

/** Of what goes by mail in chunks nobody sees the whole, so that its ids are not known. */
const goesInChunks = (one: SeenExchange): boolean => isMessage(one) && chunksOf(one.request.headers) > 1;

const corrects = (evidence: JournalEvidence): Judgement => {
  const sent = notices(evidence);
  const judged: SeenExchange[] = [];
  for (const [index, one] of sent.entries()) {
    const message = messageIn(one);
    const before = sent.slice(0, index);
    const same = before.find((earlier) => messageId(messageIn(earlier)) === messageId(message));
    if (same !== undefined && focusOf(messageIn(same)) !== focusOf(message))
      return fail(
        `It has the id of an earlier one, ${String(messageId(message))}, and says something else.`,
        same.id,
        one.id,
      );
    const names = related(message).flatMap((relation) => [
      at(relation, 'target', 'identifier', 'value'),
      bare(at(relation, 'target', 'reference')),
    ]);
    if (names.length === 0) continue;
    const earlier = before.find((of) => handles(messageIn(of)).some((id) => id !== undefined && names.includes(id)));
    if (earlier === undefined) {
      if (sentBy(evidence).some(goesInChunks))
        return skip('what it may have corrected went in chunks, and is not seen whole');
      const named = names.filter((name) => name !== undefined).join(', ');
      return fail(`relatesTo names ${named || 'nothing'}; it had sent no such thing.`, one.id);
    }
    judged.push(earlier, one);
  }
  return judged.length === 0 ? skip('it has corrected nothing') : passOn(...ids(judged));
};

const participants = ['sender'];
const dialects = ['fhir-r4'];

/** Of a sender, by what it did in a sandbox. */
export const checks: readonly Check[] = [
  {
    id: 'psh-01-addressed',
    requirements: ['PSH-01'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It addresses one known recipient, and names the workflow',
    failure: 'A message was not addressed to one known recipient, in a known workflow.',
    stimulus: { todo: 'Let your system send a notification to the exchange.' },
    judge: addressed,
  },
  {
    id: 'psh-02-same-id',
    requirements: ['PSH-02'],
    reads: 'journal',
    participants,
    dialects,
    title: 'What it sends again has the id that it had',
    failure: 'A message that may have been accepted was sent again as another one.',
    stimulus: {
      todo: 'Switch on the fault, which answers the next message 503, send a notification, and let your system try again.',
      fault: { operation: 'processMessage', times: 1, effect: { kind: 'status', status: 503, retryAfter: 1 } },
    },
    judge: keepsId,
  },
  {
    id: 'psh-06-takes-reports',
    requirements: ['PSH-06'],
    reads: 'journal',
    participants,
    dialects,
    title: 'It takes in reports that a message was not delivered',
    failure: 'A report that a message was not delivered was not taken in.',
    stimulus: {
      todo: 'Give the seat the URL where your system listens, stop the recipient, send a notification, and move the clock on by five days.',
    },
    judge: takesReports,
  },
  {
    id: 'psh-12-corrects',
    requirements: ['PSH-12'],
    reads: 'journal',
    participants,
    dialects: [...dialects, 'mesh'],
    title: 'A correction is a new message that names what it corrects',
    failure: 'What was sent was not corrected by a new message that names it.',
    stimulus: { todo: 'Let your system send a document, and then a correction of it (relatesTo).' },
    judge: corrects,
  },
];
