import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../data/sandbox-types.ts';
import { createJournalStore, lineOf, matches } from './journal-store.ts';
import { lanesOf, titleOf, visibleRows } from './lanes.ts';

/** Ids sort as their exchanges began. */
const idOf = (seq: number): string => `x${String(seq).padStart(6, '0')}`;

const exchange = (seq: number, more: Partial<Exchange> = {}): Exchange => ({
  id: idOf(seq),
  seq,
  cursor: `c${seq}`,
  kind: 'http',
  at: '2026-11-22T10:00:00.000Z',
  from: 'requester',
  to: 'provider',
  request: { method: 'GET', url: 'http://127.0.0.1:8080/sandboxes/abc/provider/FHIR/R4/Patient/9000000009' },
  ...more,
});

describe('the journal that the page keeps', () => {
  it('is in the order in which exchanges began, however they arrive', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500)), (order) => {
        const store = createJournalStore();
        for (const seq of order) store.add(exchange(seq));
        expect(store.lines().map((line) => line.id)).toEqual(order.toSorted((a, b) => a - b).map(idOf));
      }),
    );
  });

  it('replaces an exchange when its reply arrives, and continues after the last cursor', () => {
    const store = createJournalStore();
    for (const one of [exchange(1), exchange(2), exchange(1, { cursor: 'c3', reply: { status: 200 } })]) store.add(one);
    expect(store.lines().map((line) => [line.id, line.status])).toEqual([
      [idOf(1), 200],
      [idOf(2), undefined],
    ]);
    expect(store.cursor()).toBe('c3');
  });

  it('says a request by its method and the path below the endpoint', () => {
    expect(lineOf(exchange(1)).label).toBe('GET Patient/9000000009');
    const nrl =
      'http://127.0.0.1:8080/sandboxes/abc/registry/record-locator/consumer/FHIR/R4/DocumentReference/_search';
    expect(lineOf(exchange(1, { request: { method: 'POST', url: nrl } })).label).toBe('POST DocumentReference/_search');
    expect(lineOf(exchange(1, { request: {}, summary: 'Clock advanced' })).label).toBe('Clock advanced');
    const url = 'http://127.0.0.1:8080/sandboxes/abc/repository/launch?launch=1';
    expect(lineOf(exchange(1, { request: { method: 'GET', url } })).label).toBe('GET /launch?launch=1');
    const put = (url: string) => lineOf(exchange(1, { request: { method: 'SEND', url } })).label;
    expect(put('queue:information-push.hand-over')).toBe('SEND hand-over');
    expect(put('queue:integration.outside.sender.0a1b2c3d4e5f')).toBe('SEND queue of sender');
    expect(put('queue:other.outside.other-sender.0a1b2c3d4e5f')).toBe('SEND queue of other-sender');
  });

  it.each([
    ['ADT^A01 M1 → AA', 'ADT^A01 M1', 'AA'],
    ['ADT^A01 M1 — no acknowledgement', 'ADT^A01 M1 — no acknowledgement', undefined],
  ])('says an HL7 v2 message by its type and control id, and its acknowledgement apart: %s', (summary, label, code) => {
    const line = lineOf(exchange(1, { kind: 'mllp', request: { url: 'mllp://127.0.0.1:2601' }, summary }));
    expect([line.label, line.code]).toEqual([label, code]);
  });

  it.each([
    ['get provider', true],
    ['412', false],
    ['9000000009 requester', true],
  ])('is filtered by every word of %j', (filter, expected) => {
    expect(matches(lineOf(exchange(1)), filter)).toBe(expected);
  });
});

describe('the lanes', () => {
  it('are the participants, then whoever else was seen', () => {
    const participants = [{ name: 'provider', title: 'Provider', mode: 'simulated' as const, acts: [] }];
    expect(lanesOf(participants, [lineOf(exchange(1, { from: 'unknown' }))])).toEqual([
      { name: 'provider', title: 'Provider' },
      { name: 'unknown', title: 'Unknown caller' },
    ]);
  });
});

it.each([
  ['provider', 'GP system'],
  ['fingerpost', 'Fingerpost'],
  ['unknown', 'Unknown caller'],
  ['somebody', 'somebody'],
])('%s is called %s', (name, title) => {
  expect(titleOf([{ name: 'provider', title: 'GP system', mode: 'simulated', acts: [] }], name)).toBe(title);
});

describe('the rows in view', () => {
  it('are bounded, and never beyond the list', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(5_000_000), fc.integer({ min: 1, max: 3000 }), (count, top, viewport) => {
        const { first, last } = visibleRows(count, 44, top, viewport);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(last).toBeLessThanOrEqual(Math.max(count, first));
        expect(last - first).toBeLessThanOrEqual(viewport / 44 + 20);
      }),
    );
  });
});
