import { describe, expect, it } from 'vitest';
import type { Seen } from '../sandbox/conformance/journal-evidence-of.ts';
import { verdictsOf } from './passing-verdicts.test-data.ts';

describe('publish/subscribe, where what is delivered passes, too', () => {
  const address = (name: string) => `http://sandbox.test/sandboxes/s/subscriber/FHIR/R4/${name}`;
  const subscribe = (id: string, criteria: string): Seen => ({
    method: 'POST',
    path: '/Subscription',
    body: { criteria, channel: { type: 'rest-hook', endpoint: address(id), payload: 'application/fhir+json' } },
    status: 201,
    answer: { id },
  });
  const deliver = (path: string, body: object, more: Seen = {}): Seen => ({
    ...{ method: 'POST', from: 'broker', to: 'subscriber', path: `/${path}`, body, ...more },
  });
  const told = (type: string, since: string, number?: string) => ({
    resourceType: 'Bundle',
    entry: [
      {
        resource: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'type', valueCode: type },
            { name: 'events-since-subscription-start', valueString: since },
            ...(number === undefined
              ? []
              : [{ name: 'notification-event', part: [{ name: 'event-number', valueString: number }] }]),
          ],
        },
      },
    ],
  });
  const state = (id: string, status: string): Seen => ({ path: `/Subscription/${id}`, answer: { status } });
  const traffic = { pattern: 'publish-subscribe', from: 'subscriber', to: 'broker' };
  const own = (checks: readonly string[]) => checks.filter((id) => /^pub-(?:03|05|09|13)/.test(id));

  it('a record by POST, of another type, and one that changed only after the end', async () => {
    const exchanges = {
      asked: subscribe('records', 'Patient?_id=1'),
      posted: deliver('records', { resourceType: 'Patient' }),
      stray: deliver('records/Observation/7', { resourceType: 'Observation' }, { method: 'PUT' }),
      ended: {
        method: 'DELETE',
        path: '/Subscription/records',
        status: 204,
        headers: { date: 'Sun, 22 Nov 2026 00:00:00 GMT' },
      },
      late: deliver('records/Patient/1', { meta: { lastUpdated: '2026-11-22T00:01:00Z' } }, { method: 'PUT' }),
    };
    const { passed, failed } = await verdictsOf({ ...traffic, exchanges });
    expect([own(passed), own(failed)]).toEqual([[], ['pub-03-record', 'pub-05-matching', 'pub-13-ends']]);
  });

  it('an event before any handshake, which was refused and not counted; and a handshake that nobody took', async () => {
    const exchanges = {
      asked: subscribe('topic', 'https://topics.test/a'),
      event: deliver('topic', told('event-notification', '1', '1'), { status: 503 }),
      status: { path: '/Subscription/topic/$status', answer: told('query-status', '0') },
      refusing: subscribe('refuse', 'https://topics.test/a'),
      hands: deliver('refuse', told('handshake', '0'), { status: 503 }),
      look: state('refuse', 'error'),
      again: state('refuse', 'active'),
    };
    const { passed, failed } = await verdictsOf({ ...traffic, exchanges });
    expect([own(passed), own(failed)]).toEqual([
      ['pub-03-refused'],
      ['pub-03-handshake', 'pub-09-counts', 'pub-09-error'],
    ]);
  });

  it('says nothing of one that shares its address, or was asked for anew', async () => {
    const posted = deliver('records', { resourceType: 'Patient' });
    const one = subscribe('records', 'Patient?_id=1');
    const shared = await verdictsOf({
      ...traffic,
      exchanges: { one, two: subscribe('records/2', 'Patient'), posted },
    });
    const anew: Seen = { method: 'PUT', path: '/Subscription/records', body: {} };
    const changed = await verdictsOf({ ...traffic, exchanges: { one, anew, posted } });
    expect([...own(shared.failed), ...own(changed.failed)]).toEqual([]);
  });
});
