import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import {
  type Answered,
  at,
  type Evidence,
  json,
  line,
  list,
  on,
  type Received,
} from '../../sandbox/conformance/evidence.ts';
import { cameTo, countsTold, onlyOfItsKind, recordCame, wasMade } from './came-to.ts';
import { parsed, textOf } from './parts.ts';
import { readNotification } from './read-notification.ts';

/** Where what is delivered comes to the run's own listener, and where it lies in the queue of the subscription. */
const CALLED_BACK = ['fhir-r4'];
const QUEUED = ['mns'];
const isQueued = ({ dialect }: Evidence): boolean => QUEUED.includes(dialect);
const typeOf = ({ request }: Received): string | undefined => readNotification(parsed(request.body ?? ''))?.type;

/** One by criteria, which every server of R4 knows; else whichever there was. */
const anyMade = ({ observations }: Evidence): string =>
  ['subscribe-criteria', 'subscribe', 'subscribe-refusing'].find((name) =>
    observations.some(({ step }) => step === name),
  ) ?? 'subscribe-criteria';

const created = (evidence: Evidence): Judgement =>
  on(evidence, isQueued(evidence) ? 'subscribe' : anyMade(evidence), (one) => {
    if (one.reply.status !== 201) return fail(`${line(one)}; expected 201.`, one.step);
    const located = at(json(one), 'id') !== undefined || one.reply.headers.location !== undefined;
    return located ? passOn(one.step) : fail(`${line(one)}, with neither an id nor a Location.`, one.step);
  });

const conflicts = (evidence: Evidence): Judgement =>
  on(evidence, 'subscribe', ({ reply }) =>
    reply.status >= 300
      ? skip(`not observed: the first subscription was answered ${reply.status}`)
      : on(evidence, 'subscribe-again', (one) =>
          one.reply.status === 409 ? passOn('subscribe', one.step) : fail(`${line(one)}; expected 409.`, one.step),
        ),
  );

const stateIn = (one: Answered): string => textOf(json(one), 'status') ?? 'missing';

/** The last of several looks at a subscription. */
const lookAt = ({ observations }: Evidence, step: string): string =>
  observations.findLast((one) => new RegExp(`^${step}(?:-\\d+)?$`).test(one.step))?.step ?? step;

const shakesHands = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe', () => {
    const [first] = cameTo(evidence, 'topic');
    if (first === undefined) return fail('Nothing came to its address.', 'subscribe');
    if (typeOf(first) !== 'handshake')
      return fail(`The first that came was ${typeOf(first) ?? 'no notification'}.`, first.step);
    return on(evidence, lookAt(evidence, 'read-active'), (one) =>
      stateIn(one) === 'active'
        ? passOn('subscribe', first.step, one.step)
        : fail(`Its status is ${stateIn(one)}.`, one.step),
    );
  });

const failsHandshake = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe-refusing', () =>
    on(evidence, lookAt(evidence, 'read-refused'), (one) =>
      stateIn(one) === 'error'
        ? passOn('subscribe-refusing', one.step)
        : fail(`Its handshake was answered 503, and its status is ${stateIn(one)}.`, one.step),
    ),
  );

const putsRecord = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe-criteria', () => {
    const [first] = cameTo(evidence, 'criteria');
    if (first !== undefined) return recordCame(evidence, first);
    return on(evidence, 'change', ({ reply }) =>
      reply.status >= 300
        ? skip(`not observed: the change was answered ${reply.status}`)
        : fail('Nothing came to its address.', 'subscribe-criteria', 'change'),
    );
  });

const refuses =
  (step: string) =>
  (evidence: Evidence): Judgement =>
    on(evidence, step, (one) =>
      one.reply.status >= 400 && one.reply.status < 500 ? passOn(step) : fail(`${line(one)}; expected a 4xx.`, step),
    );

const idsIn = (one: Answered): readonly unknown[] =>
  list(at(json(one), 'messages')).map((message) => at(message, 'body', 'id'));

const inQueue = (evidence: Evidence, step: string, judge: (one: Answered) => Judgement): Judgement =>
  wasMade(evidence, 'subscribe', () =>
    on(evidence, step, (one) =>
      one.reply.status === 200
        ? judge(one)
        : skip('not observed: the queue cannot be read over HTTP; read it where it is, and compare'),
    ),
  );

const onlyMatching = (evidence: Evidence): Judgement => {
  if (isQueued(evidence))
    return inQueue(evidence, 'queue', (one) => {
      const ids = idsIn(one).map(String);
      const stray = ids.find((id) => id.startsWith('unwanted'));
      if (stray !== undefined) return fail('An event of another type was delivered.', 'publish-other', 'queue');
      return ids.length > 0
        ? passOn('publish', 'queue')
        : fail('The event that matches was not delivered.', 'publish', 'queue');
    });
  if (evidence.absent !== undefined) return onlyOfItsKind(evidence);
  return wasMade(evidence, 'subscribe-other', () => {
    const [stray] = cameTo(evidence, 'other');
    if (stray !== undefined) return fail('What does not match the criteria was delivered.', 'change', stray.step);
    return on(evidence, 'change', (one) => passOn('subscribe-other', one.step));
  });
};

const counts = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe', () =>
    on(evidence, 'status-after', (one) => {
      const resource = at(json(one), 'entry', 0, 'resource');
      const since = readNotification({ resourceType: 'Bundle', entry: [{ resource }] })?.since ?? 0;
      if (evidence.absent !== undefined) return countsTold(evidence, one, since);
      return since >= 2
        ? passOn('change', 'change-refused', one.step)
        : fail(`Two events happened, the second was answered 503, and $status counts ${since}.`, one.step);
    }),
  );

const staysInError = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe-refusing', () =>
    on(evidence, lookAt(evidence, 'read-refused'), (first) =>
      stateIn(first) !== 'error'
        ? skip('not observed: it was never in error')
        : on(evidence, lookAt(evidence, 'read-refused-again'), (one) =>
            stateIn(one) === 'error' ? passOn(first.step, one.step) : fail(`Its status is ${stateIn(one)}.`, one.step),
          ),
    ),
  );

const ends = (evidence: Evidence): Judgement =>
  on(evidence, 'unsubscribe', (one) => {
    if (one.reply.status !== 200 && one.reply.status !== 204) return fail(`${line(one)}.`, one.step);
    if (isQueued(evidence))
      return inQueue(evidence, 'queue-after', (queue) =>
        idsIn(queue).some((id) => String(id).startsWith('after'))
          ? fail('An event that was published afterwards was delivered.', 'publish-after', queue.step)
          : passOn(one.step, queue.step),
      );
    const over = one.began + one.milliseconds;
    const changed = evidence.observations.find(({ step }) => step === 'change-after')?.began ?? over;
    const late = cameTo(evidence, 'criteria').find(({ began }) => began >= changed);
    return late === undefined
      ? passOn(one.step)
      : fail('A change that came afterwards was delivered.', one.step, late.step);
  });

const target = (
  id: string,
  title: string,
  failure: string,
  judge: (evidence: Evidence) => Judgement,
  dialects?: readonly string[],
): Check => ({
  id,
  requirements: [id.slice(0, 6).toUpperCase()],
  title,
  failure,
  judge,
  ...(dialects === undefined ? {} : { dialects }),
});

export const checks: readonly Check[] = [
  target('pub-02-created', 'A subscription is created', 'A subscription was not answered 201 with its id.', created),
  target(
    'pub-02-conflict',
    'A queue is in use once for a type of event',
    'The same subscription was not refused with 409.',
    conflicts,
    QUEUED,
  ),
  target(
    'pub-03-handshake',
    'A topic is active after a handshake',
    'A subscription to a topic was not shaken hands with first.',
    shakesHands,
    CALLED_BACK,
  ),
  target(
    'pub-03-refused',
    'A failed handshake means error',
    'A subscription whose handshake failed is not in error.',
    failsHandshake,
    CALLED_BACK,
  ),
  target(
    'pub-03-record',
    'By criteria, the record is put below the address',
    'A record that matches was not put below the address.',
    putsRecord,
    CALLED_BACK,
  ),
  target(
    'pub-04-channel',
    'A channel that is not served is refused',
    'A channel that is not served was not refused.',
    refuses('unsupported-channel'),
  ),
  target(
    'pub-04-filter',
    'A filter that is not served is refused',
    'A filter that is not served was not refused.',
    refuses('unsupported-filter'),
  ),
  target(
    'pub-04-payload',
    'A payload that is not produced is refused',
    'A payload that is not produced was not refused.',
    refuses('unsupported-payload'),
    CALLED_BACK,
  ),
  target('pub-05-matching', 'Only what matches is delivered', 'What was delivered is not what matches.', onlyMatching),
  target(
    'pub-09-counts',
    'The count goes on where a delivery fails',
    'An event that could not be delivered was not counted.',
    counts,
    CALLED_BACK,
  ),
  target(
    'pub-09-error',
    'A subscription stays in error',
    'A subscription left its error by itself.',
    staysInError,
    CALLED_BACK,
  ),
  target(
    'pub-10-incomplete',
    'An event without its attributes is refused',
    'An incomplete event was taken.',
    refuses('publish-incomplete'),
    QUEUED,
  ),
  target('pub-13-ends', 'Nothing is delivered after the end', 'A subscription was not ended, or went on.', ends),
];
