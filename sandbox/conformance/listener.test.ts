import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { fail, pass, skip } from './check.ts';
import { checkProfile, EMPTY_PROFILE } from './profile.ts';
import { type Conformance, runConformance } from './run.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** A target that promises, and says what came of it where it was told to: how its callbacks were answered is kept. */
const target = async () => {
  const answered: (number | string)[] = [];
  const server = createServer((request, response) => {
    response.writeHead(202).end();
    for (const message of String(request.headers['call-back']).split(' '))
      fetch(String(request.headers['reply-to']), { method: 'POST', body: message }).then(
        ({ status }) => answered.push(status),
        () => answered.push('broken'),
      );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answered };
};

const conformance = (drive: Conformance['drive']): Conformance => ({
  requirements: [
    { id: 'TST-01', level: 'SHALL', role: 'responder', statement: 'Says what came of it.', source: 'a test' },
  ],
  checks: [
    {
      id: 'tst-01-called-back',
      requirements: ['TST-01'],
      title: 'It calls back',
      failure: 'It called back with something else.',
      judge: ({ received: [first] }) => {
        if (first === undefined) return skip('not observed: nothing came');
        return first.request.body === 'done' ? pass : fail(`It said ${first.request.body}.`, first.step);
      },
    },
  ],
  drive,
});

const run = (url: string, drive: Conformance['drive'], profile = EMPTY_PROFILE) =>
  runConformance(conformance(drive), { pattern: 'p', dialect: 'd', target: url, profile, tool: 'fingerpost 0' });

const ask = (session: Session, to: string, message: string) =>
  session.http('ask', { method: 'POST', path: '/', headers: { 'reply-to': to, 'call-back': message } });

describe('a listener of a conformance run', () => {
  it('is there for what comes later, which a check judges and the report shows, and is gone after the run', async () => {
    const { url } = await target();
    let listening = '';
    const report = await run(url, async (session) => {
      const listener = await session.listen();
      listening = listener.url;
      await ask(session, `${listener.url}/inbox`, 'failed');
      expect(await listener.next(({ request }) => request.url.endsWith('/inbox'))).toMatchObject({
        step: 'callback-1',
        request: { method: 'POST', body: 'failed' },
      });
    });
    expect(report.requirements[0]).toMatchObject({ verdict: 'fail', checks: [{ steps: ['callback-1'] }] });
    expect(report.exchanges.map(({ step }) => step)).toEqual(['ask', 'callback-1']);
    expect(table(report, { colour: false, width: 80 })).toContain(`POST ${listening}/inbox → 200`);
    await expect(fetch(listening)).rejects.toThrow();
  });

  it('answers as it is told to: with a status, or by closing the connection', async () => {
    const { url, answered } = await target();
    const report = await run(url, async (session) => {
      const listener = await session.listen('inbox');
      listener.answer(({ request }) => (request.body === 'close' ? 'close' : { status: 503, body: 'later' }));
      await ask(session, listener.url, 'refuse close');
      await listener.next(({ request }) => request.body === 'close');
      await listener.next(({ request }) => request.body === 'refuse');
      await expect.poll(() => answered.toSorted()).toEqual([503, 'broken']);
    });
    const closed = report.exchanges.find(({ request }) => request.body === 'close');
    expect(closed?.broken).toEqual({ how: 'dropped', detail: 'closed on purpose, without an answer' });
  });

  it('keeps an answer back until something happened', async () => {
    const { url, answered } = await target();
    await run(url, async (session) => {
      const listener = await session.listen();
      const { promise, resolve } = Promise.withResolvers<void>();
      listener.answer(({ request }) => ({ status: 200, ...(request.body === 'held' ? { after: promise } : {}) }));
      await ask(session, listener.url, 'held');
      await listener.next(({ request }) => request.body === 'held');
      await ask(session, listener.url, 'quick');
      await expect.poll(() => answered.length).toBe(1);
      resolve();
      await expect.poll(() => answered.length).toBe(2);
    });
  });

  it('does not wait for ever, neither for a message nor for what an answer waits for', async () => {
    const { url } = await target();
    const profile = { ...EMPTY_PROFILE, timeout: 60 };
    const report = await run(
      url,
      async (session) => {
        const listener = await session.listen();
        expect(await listener.next(() => true)).toBeUndefined();
        expect(await listener.next(() => true, 5)).toBeUndefined();
        listener.answer(() => ({ status: 204, after: Promise.withResolvers().promise }));
        expect((await fetch(listener.url)).status).toBe(204);
      },
      profile,
    );
    expect(report.exitCode).toBe(1);
  });

  it('ends with the run that is aborted, and listens no more', async () => {
    const { url } = await target();
    const controller = new AbortController();
    let listening = '';
    const running = runConformance(
      conformance(async (session) => {
        const listener = await session.listen();
        listening = listener.url;
        controller.abort(new Error('stopped by somebody'));
        await listener.next(() => true);
      }),
      {
        pattern: 'p',
        dialect: 'd',
        target: url,
        profile: EMPTY_PROFILE,
        tool: 'fingerpost 0',
        signal: controller.signal,
      },
    );
    await expect(running).rejects.toThrow('stopped by somebody');
    await expect(fetch(listening)).rejects.toThrow();
  });

  it('takes a thousand messages, and no more', async () => {
    const { url } = await target();
    const statuses: number[] = [];
    const report = await run(url, async (session) => {
      const { url: to } = await session.listen();
      for (let sent = 0; sent < 1_001; sent += 1) statuses.push((await fetch(to)).status);
    });
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([1_000, 503]);
    expect(report.exchanges).toHaveLength(1_000);
  });

  it('says where it cannot listen, and whose choice that was', async () => {
    const { url } = await target();
    const profile = checkProfile({ listen: { port: Number(new URL(url).port) } });
    await expect(run(url, async (session) => void (await session.listen()), profile)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/^Callbacks cannot be listened for \("listen" in the profile\): .*EADDRINUSE/),
    });
  });

  it('is told to others under the address that the profile gives, which has to be one', async () => {
    const { url } = await target();
    const profile = checkProfile({ listen: { host: '0.0.0.0', port: 0, publicUrl: 'https://bridge.example/cb/' } });
    await run(
      url,
      async (session) => {
        expect((await session.listen()).url).toBe('https://bridge.example/cb');
      },
      profile,
    );
    expect(() => checkProfile({ listen: { host: '0.0.0.0', port: 70_000 } })).toThrow(
      /listen\.port is not a port.*\n- listen\.publicUrl is missing: say how 0\.0\.0\.0 is reached/,
    );
    expect(() => checkProfile({ listen: { publicUrl: 'bridge' } })).toThrow('listen.publicUrl is not an http');
  });
});
