import { fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { type Answered, type Evidence, on, type Received } from '../../sandbox/conformance/evidence.ts';
import { parsed, textOf } from './parts.ts';
import { readNotification } from './read-notification.ts';

const SHOWN = 10;

/** What came to an address of the run's listener; between two real systems, to one that was named so. */
export const cameTo = ({ received, absent }: Evidence, name: string): readonly Received[] =>
  received.filter(({ step, request }) =>
    absent === undefined
      ? new RegExp(`^https?://[^/]+(?:/.*)?/${name}(?:/|$)`).test(request.url)
      : step.startsWith(`${name}-`),
  );
export const wasMade = (evidence: Evidence, step: string, judge: () => Judgement): Judgement =>
  on(evidence, step, (one) =>
    one.reply.status >= 300 ? skip(`not observed: the subscription was answered ${one.reply.status}`) : judge(),
  );

const BELOW = /\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/;

/** A run asks for the record to be sent along; others may not have (FHIR R4 subscription.html, channel.payload). */
const asksForRecord = ({ observations, absent }: Evidence): boolean =>
  absent === undefined ||
  observations.some(
    ({ step, request }) =>
      step === 'subscribe-criteria' && textOf(parsed(request.body ?? ''), 'channel', 'payload') !== undefined,
  );

export const recordCame = (evidence: Evidence, first: Received): Judgement => {
  const { method, url, body = '' } = first.request;
  if (!asksForRecord(evidence))
    return method === 'POST' && body === ''
      ? passOn('subscribe-criteria', first.step)
      : fail(`${method} ${url}; expected a POST without a body, as no payload was asked for.`, first.step);
  return method === 'PUT' && BELOW.test(url)
    ? passOn('subscribe-criteria', first.step)
    : fail(`${method} ${url}; expected a PUT of the record below the address.`, first.step);
};

/** Between two real systems: every record that came is of the type, and has the id, that were asked for. */
export const onlyOfItsKind = (evidence: Evidence): Judgement =>
  wasMade(evidence, 'subscribe-criteria', () =>
    on(evidence, 'subscribe-criteria', (asked) => {
      const criteria = textOf(parsed(asked.request.body ?? ''), 'criteria') ?? '';
      const [type = '', query = ''] = criteria.split('?');
      const ids = new URLSearchParams(query).get('_id')?.split(',');
      const records = cameTo(evidence, 'criteria').flatMap((one) => {
        const [came, id] = BELOW.exec(one.request.url)?.[1]?.split('/') ?? [];
        return came === undefined || id === undefined ? [] : [{ one, came, id }];
      });
      const stray = records.find(({ came, id }) => came !== type || ids?.includes(id) === false);
      if (stray !== undefined)
        return fail(`${stray.came}/${stray.id} was delivered for ${criteria}.`, asked.step, stray.one.step);
      return records.length === 0
        ? skip('not observed: no record was delivered for it')
        : passOn(asked.step, ...records.slice(0, SHOWN).map(({ one }) => one.step));
    }),
  );

/** Between two real systems: of what was refused, too, the number counts. */
export const countsTold = (evidence: Evidence, status: Answered, since: number): Judgement => {
  const refused = cameTo(evidence, 'topic').filter(
    ({ began, reply }) => began < status.began && (reply === undefined || reply.status >= 300),
  );
  const events = (one: Received) => readNotification(parsed(one.request.body ?? ''))?.events ?? [];
  const top = Math.max(0, ...refused.flatMap(events).map(({ number }) => number));
  const steps = refused.slice(-SHOWN).map(({ step }) => step);
  return since >= top
    ? passOn(...steps, status.step)
    : fail(`Event ${top} was refused, and $status counts ${since}.`, ...steps, status.step);
};
