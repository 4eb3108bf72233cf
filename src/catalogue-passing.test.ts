import { describe, expect, it } from 'vitest';
import type { Seen } from '../sandbox/conformance/journal-evidence-of.ts';
import { verdictsOf } from './passing-verdicts.test-data.ts';

const ids = { 'x-request-id': 'r1', 'x-correlation-id': 'c1' };
const referral = (bundle: string, request: string, status = 'active') => ({
  resourceType: 'Bundle',
  id: bundle,
  entry: [
    { resource: { resourceType: 'MessageHeader', id: `${bundle}-header` } },
    { resource: { resourceType: 'ServiceRequest', id: request, status } },
  ],
});
const response = (bundle: string, identifier: string, code = 'ok') => ({
  resourceType: 'Bundle',
  id: bundle,
  entry: [{ resource: { resourceType: 'MessageHeader', response: { identifier, code } } }],
});
const message: Seen = { method: 'POST', path: '/$process-message', sent: ids };
const notice = (id: string, more: object = {}) => ({
  entry: [{ resource: { resourceType: 'MessageHeader', id, eventCoding: { code: 'discharge-notification' } } }, more],
});

describe('what passes between two systems is told by the operations of its pattern', () => {
  it('asynchronous request/response: a referral, its response, the same again, one taken back, a status address', async () => {
    const answer: Seen = { ...message, from: 'provider', to: 'requester', sent: { ...ids, 'x-request-id': 'r9' } };
    const status = 'http://sandbox.test/sandboxes/s/provider/FHIR/R4/async-status/1';
    const { passed, failed } = await verdictsOf({
      pattern: 'asynchronous-request-response',
      from: 'requester',
      to: 'provider',
      exchanges: {
        other: {
          ...message,
          sent: { 'x-request-id': 'r0', 'x-correlation-id': 'c0' },
          body: referral('b0', 's0'),
          status: 202,
        },
        refer: { ...message, body: referral('b1', 's1'), status: 202 },
        response: { ...answer, body: response('b9', 'b1-header') },
        again: { ...message, body: referral('b1', 's1'), status: 200 },
        revoke: { ...message, body: referral('b2', 's0', 'revoked'), status: 202 },
        later: {
          method: 'POST',
          path: '/ServiceRequest',
          sent: { prefer: 'respond-async' },
          status: 202,
          headers: { 'content-location': status },
        },
        look: { path: '/async-status/1', status: 202 },
        done: { path: '/async-status/1', status: 200, answer: { resourceType: 'Bundle' } },
        gone: { path: '/async-status/1', status: 410 },
      },
    });
    expect(passed).toEqual(
      expect.arrayContaining([
        'rra-01-acknowledged',
        'rra-02-content-location',
        'rra-02-status',
        'rra-04-request-id',
        'rra-05-identifier',
        'rra-14-message',
      ]),
    );
    // What came again was taken again.
    expect(failed).toContain('rra-07-duplicate');
    expect(failed.filter((id) => /^rra-0[45]|^rra-14/.test(id))).toEqual([]);
  });

  it('information push: what is taken, and what is refused without a word', async () => {
    const { passed, failed } = await verdictsOf({
      pattern: 'information-push',
      from: 'sender',
      to: 'recipient',
      exchanges: {
        one: { ...message, body: notice('m1'), status: 202 },
        again: { ...message, body: notice('m1'), status: 500 },
        unsound: { ...message, body: notice('m2', { resource: { resourceType: 'Encounter' } }), status: 422 },
      },
    });
    expect([passed.includes('psh-03-stored'), failed]).toEqual([
      false,
      expect.arrayContaining(['psh-04-again', 'psh-10-told']),
    ]);
  });

  it('shared repository: one record for two creations of it, a version that goes on, a deletion that hides nothing', async () => {
    const plan = { resourceType: 'CarePlan', identifier: [{ value: 'i1' }] };
    const create: Seen = { method: 'POST', path: '/CarePlan', body: plan, status: 201 };
    const at = (path = '', more: Seen = {}): Seen => ({ path: `/CarePlan/1${path}`, ...more });
    const version = (etag: string, more: Seen = {}): Seen => at('', { headers: { etag }, ...more });
    const { passed, failed } = await verdictsOf({
      pattern: 'shared-repository',
      from: 'contributor',
      to: 'repository',
      exchanges: {
        made: { ...create, headers: { location: 'http://sandbox.test/CarePlan/1' } },
        twice: create,
        read: version('W/"1"', { answer: { ...plan, status: 'draft' } }),
        change: version('W/"2"', { method: 'PUT', sent: { 'if-match': 'W/"1"' }, body: { ...plan, status: 'active' } }),
        late: at('', {
          method: 'PUT',
          sent: { 'if-match': 'W/"1"' },
          body: { ...plan, status: 'revoked' },
          status: 412,
        }),
        after: version('W/"2"', { answer: { ...plan, status: 'active' } }),
        gone: at('', { method: 'DELETE', status: 204 }),
        there: at('', { answer: plan }),
      },
    });
    expect(passed).toEqual(expect.arrayContaining(['shr-01-created', 'shr-03-stale']));
    expect(failed).toEqual(expect.arrayContaining(['shr-02-single', 'shr-08-logical']));
    // No listener of ours was told: that says nothing.
    expect(failed).not.toContain('shr-11-announced');
  });

  it('registry/repository: a pointer that is found after it was withdrawn, and a search about nobody', async () => {
    const search = (ids: readonly string[]): Seen => ({
      path: '/DocumentReference?subject:identifier=1',
      answer: { entry: ids.map((id) => ({ resource: { resourceType: 'DocumentReference', id } })) },
    });
    const { passed, failed } = await verdictsOf({
      pattern: 'registry-repository',
      from: 'repository',
      to: 'registry',
      exchanges: {
        made: {
          method: 'POST',
          path: '/DocumentReference',
          status: 201,
          headers: { location: '/DocumentReference/p1' },
        },
        found: search(['p1']),
        withdrawn: { method: 'DELETE', path: '/DocumentReference/p1', status: 204 },
        still: search(['p1']),
        anybody: { path: '/DocumentReference?type=x', status: 400 },
      },
    });
    expect([passed.filter((id) => /^reg/.test(id)), failed.filter((id) => /^reg/.test(id))]).toEqual([
      ['reg-01-created', 'reg-08-subject'],
      ['reg-07-withdrawn'],
    ]);
  });

  it('says nothing of an answer that was too long to be kept whole, as a CapabilityStatement may be', async () => {
    const metadata: Seen = { path: '/metadata', answer: '{"resourceType":"CapabilityStatement","rest":[{' };
    const traffic = { pattern: 'shared-repository', from: 'contributor', to: 'repository' };
    const short = await verdictsOf({ ...traffic, exchanges: { metadata } });
    const long = await verdictsOf({ ...traffic, exchanges: { metadata: { ...metadata, cut: true }, read: {} } });
    expect([short.failed.includes('com-11-metadata'), long.failed.includes('com-11-metadata')]).toEqual([true, false]);
  });

  it('publish/subscribe: a subscription twice, and an event that lacks what it has to have', async () => {
    const subscribe: Seen = {
      method: 'POST',
      path: '/subscriptions',
      body: { criteria: 'x' },
      status: 201,
      answer: { id: '1' },
    };
    const { passed, failed } = await verdictsOf({
      pattern: 'publish-subscribe',
      dialect: 'mns',
      from: 'subscriber',
      to: 'broker',
      exchanges: {
        one: subscribe,
        two: subscribe,
        bare: { method: 'POST', path: '/events', body: { id: '1' }, status: 400 },
      },
    });
    expect([passed.filter((id) => /^pub/.test(id)), failed.filter((id) => /^pub/.test(id))]).toEqual([
      ['pub-02-created', 'pub-10-incomplete'],
      ['pub-02-conflict'],
    ]);
  });

  it('asks of whoever else has an address no more than of all, and takes back the only referral that there was', async () => {
    const pattern = 'asynchronous-request-response';
    const refer: Seen = { ...message, body: referral('b1', 's1'), status: 202 };
    const exchanges = {
      refer,
      again: { ...refer, status: 409 },
      revoke: { ...message, body: referral('b2', 's1', 'revoked') },
    };
    const provider = await verdictsOf({ pattern, from: 'requester', to: 'provider', exchanges });
    expect([provider.passed, provider.failed]).toEqual([
      expect.arrayContaining(['rra-01-acknowledged', 'rra-14-message']),
      ['com-04-outcome', 'rra-07-duplicate'],
    ]);
    const requester = await verdictsOf({ pattern, from: 'provider', to: 'requester', exchanges });
    expect([...requester.passed, ...requester.failed].filter((id) => !id.startsWith('com'))).toEqual([]);
  });
});
