import { expect, it } from 'vitest';
import type { ExchangeView } from '../journal.ts';
import { CLIENT_GONE } from '../journal-notes.ts';
import { fail, type JournalCheck, passOn, skip } from './check.ts';
import { gatherJournal } from './gather-journal.ts';
import { sentBy, sentTo } from './journal-evidence.ts';
import { runJournalConformance } from './run-journal.ts';

const view = (cursor: number, more: Partial<ExchangeView> = {}): ExchangeView => ({
  id: `x${cursor}`,
  seq: cursor,
  cursor: String(cursor),
  kind: 'http',
  at: '2027-01-01T00:00:00.000Z',
  realAt: new Date(Date.UTC(2026, 10, 22) + cursor * 1_000).toISOString(),
  from: 'requester',
  claimed: false,
  to: 'provider',
  milliseconds: 5,
  request: { method: 'GET', url: 'http://s/sandboxes/a/provider/FHIR/R4/Patient/1', headers: {} },
  reply: { status: 200, headers: {}, body: '{}' },
  ...more,
});

/** A journal in memory, in pages as long as the service's own. */
const journalOf = (items: readonly ExchangeView[]) => ({
  flush: async () => undefined,
  page: async (_sandbox: object, after: number, limit: number) => {
    const rest = items.filter(({ cursor }) => Number(cursor) > after);
    const page = rest.slice(0, limit);
    return rest.length > limit ? { items: page, next: page.at(-1)?.cursor ?? '' } : { items: page };
  },
});
const sandbox = { id: 'a', serial: 1 };
const gather = (items: readonly ExchangeView[], range = {}) =>
  gatherJournal(journalOf(items), sandbox, { participant: 'requester', dialect: 'pds' }, range);

it('is what the participant sent and was sent, in the order in which it began, whatever was written first', async () => {
  const { evidence } = await gather([
    view(1, { id: 'later', realAt: '2026-11-22T00:00:09.000Z' }),
    view(2, { id: 'callback', from: 'provider', to: 'requester' }),
    view(3, { id: 'others', from: 'unknown' }),
    view(4, { id: 'control', kind: 'control', from: 'control', to: 'requester' }),
    view(5, { id: 'queued', kind: 'message', request: { method: 'SEND', url: 'queue:push.deliver', headers: {} } }),
  ]);
  expect(evidence.exchanges.map(({ id }) => id)).toEqual(['callback', 'queued', 'later']);
  expect(sentBy(evidence).map(({ id }) => id)).toEqual(['later']);
  expect(sentTo(evidence).map(({ id }) => id)).toEqual(['callback']);
  expect(sentBy(evidence, 'message')).toMatchObject([{ id: 'queued', request: { url: 'queue:push.deliver' } }]);
});

it('is judged when the sandbox clock says so, or, of a part that is over, when the last of all in it began', async () => {
  const at = (cursor: number, hour: number, more = {}) =>
    view(cursor, { at: `2027-01-01T0${hour}:00:00.000Z`, ...more });
  const items = [at(1, 1), at(2, 3, { from: 'others' }), at(3, 5)];
  const hourOf = async (range: object) => new Date((await gather(items, range)).evidence.now).getUTCHours();
  const now = Date.UTC(2027, 0, 1, 8);
  expect([await hourOf({}), await hourOf({ now }), await hourOf({ until: 2, now })]).toEqual([5, 8, 3]);
});

it('tells a reply that reached nobody, one that never was, and one still to come from one that was given', async () => {
  const { reply: _reply, milliseconds: _milliseconds, ...begun } = view(4);
  const { reply: _none, ...dropped } = view(3, { note: 'A fault closed the connection', fault: 'dropped (fault-1)' });
  const items = [view(1), view(2, { note: `Masked. ${CLIENT_GONE}` }), dropped, begun];
  const { evidence } = await gather(items);
  expect(evidence.exchanges.map(({ reply, noReply }) => noReply ?? reply?.status)).toEqual([
    200,
    'gone',
    'dropped',
    'pending',
  ]);
});

it('has what was sent at once after a reply as sent after it, though it is told when each began in whole milliseconds', async () => {
  const [first, next] = [0.4, 1.6].map((moment) => new Date(Date.UTC(2026, 10, 22) + Math.floor(moment)).toISOString());
  const items = [view(1, { realAt: first ?? '', milliseconds: 1.15 }), view(2, { realAt: next ?? '' })];
  const [one, again] = (await gather(items)).evidence.exchanges;
  expect(again?.began).toBeGreaterThanOrEqual(one?.ended ?? Number.POSITIVE_INFINITY);
});

it('ends where it is told to, over as many pages as it takes, and not beyond what can be judged at once', async () => {
  const many = Array.from({ length: 1_200 }, (_, index) => view(index + 1));
  expect((await gather(many)).evidence.exchanges).toHaveLength(1_200);
  const { evidence } = await gather(many, { after: 300, until: 1_100 });
  expect([evidence.exchanges[0]?.id, evidence.exchanges.at(-1)?.id]).toEqual(['x301', 'x1100']);
  const tooMany = Array.from({ length: 5_001 }, (_, index) => view(index + 1));
  await expect(gather(tooMany)).rejects.toMatchObject({ problem: { status: 400 } });
});

const judging = (judge: JournalCheck['judge'], more: Partial<JournalCheck> = {}): JournalCheck => ({
  id: 'tst-01-one',
  requirements: ['TST-01'],
  reads: 'journal',
  title: 't',
  failure: 'It is wrong.',
  stimulus: { todo: 'Send it.', fault: { effect: { kind: 'drop' } } },
  judge,
  ...more,
});
const run = (checks: readonly JournalCheck[], items: readonly ExchangeView[] = [view(1), view(2)]) =>
  runJournalConformance(
    {
      requirements: [{ id: 'TST-01', level: 'SHALL', role: 'initiator', statement: 's', source: 'x' }],
      checks,
    },
    {
      journal: journalOf(items),
      sandbox,
      pattern: 'p',
      dialect: 'd',
      participant: 'requester',
      answers: { http: 'provider', mllp: 'receiver' },
      target: 't',
      tool: 'fingerpost 0',
    },
  );

it('has the exchanges that a verdict names, and no others', async () => {
  const report = await run([judging(() => fail('So it was.', 'x2'))]);
  expect(report).toMatchObject({ exitCode: 1, exchanges: [{ step: 'x2', journal: { from: 'requester' } }] });
  expect(report.requirements[0]?.checks[0]?.message).toBe('It is wrong. So it was.');
  expect((await run([judging(() => passOn('x1'))])).exchanges).toMatchObject([{ step: 'x1', reply: { status: 200 } }]);
});

it('says what was not observed and what would show it, with whose fault that is', async () => {
  const report = await run([judging(() => skip('nothing came'))]);
  expect(report.requirements[0]?.checks[0]).toMatchObject({
    message: 'not observed: nothing came. Send it.',
    stimulus: { fault: { participant: 'provider', effect: { kind: 'drop' } } },
  });
});

it('leaves out a check of another participant, and says that there is none for this one', async () => {
  const report = await run([judging(() => passOn(), { participants: ['subscriber'] })]);
  expect(report.requirements[0]).toMatchObject({
    verdict: 'omit',
    why: 'no check for the requester in the dialect d',
  });
});

it('says so where the journal itself has gaps', async () => {
  const report = await run([judging(() => passOn('x1'))], [view(1), view(2, { kind: 'gap', from: 'journal' })]);
  expect(report.notice).toMatch(/^The journal says that some exchanges were not recorded/);
  expect((await run([judging(() => passOn('x1'))])).notice).toMatch(/^Made by fingerpost 0 from/);
});
