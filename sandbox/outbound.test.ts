import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './http/things-service.ts';
import { send } from './outbound.ts';
import { ProblemError } from './problem.ts';

let things: ThingsService;
let outside: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const seen: {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}[] = [];

beforeAll(async () => {
  things = await startThings();
  outside = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    answer(request, response);
  });
  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
  url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/their/base/`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await things.close();
});

const conditionOf = async (sent: Promise<unknown>): Promise<string> => {
  try {
    await sent;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError ? `${error.problem.condition}: ${error.faults[0]?.detail}` : String(error);
  }
};

const FHIR = { 'content-type': 'application/fhir+json' };

describe('to a simulated participant', () => {
  it('a request goes through the same edge and is recorded once, from and to', async () => {
    await things.create('in1');
    const way = { sandbox: 'in1', from: 'helper', to: 'answerer' };
    const written = await send(things.host, way, { method: 'put', path: '/FHIR/R4/Thing/t', body: { a: 1 } });
    const read = await send(things.host, way, { method: 'GET', path: '/FHIR/R4/Thing/t?_format=json' });
    expect(written).toMatchObject({ status: 201, body: '{"a":1}', headers: { etag: 'W/"1"' } });
    expect(read).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(await things.exchanges('in1')).toMatchObject([
      { id: written.exchange, from: 'helper', to: 'answerer', claimed: false, operation: 'writeThing' },
      { id: read.exchange, from: 'helper', to: 'answerer', operation: 'readThing' },
    ]);
  });

  it('needs no credential where others do, and cannot be imitated by a header', async () => {
    const base = await things.create('in2', { auth: 'bearer' });
    const way = { sandbox: 'in2', from: 'asker', to: 'answerer' };
    expect((await send(things.host, way, { method: 'GET', path: '/FHIR/R4/Thing/t' })).status).toBe(404);
    const sent = (await things.exchanges('in2'))[0]?.request?.headers ?? {};
    const forged = { ...sent, host: 'x', 'x-participant': 'asker', from: 'asker' };
    expect((await fetch(`${base}/answerer/FHIR/R4/Thing/t`, { headers: forged })).status).toBe(401);
  });

  it('may be sent from within a request, by real HTTP as well', async () => {
    const base = await things.create('in3');
    const query = new URLSearchParams({ to: 'helper', path: '/FHIR/R4/Thing/none' });
    const reply = await fetch(`${base}/answerer/plain/forward?${query}`, { method: 'POST' });
    expect(await reply.json()).toMatchObject({ status: 404 });
    expect((await things.exchanges('in3')).map(({ from, to }) => [from, to]).toSorted()).toEqual([
      ['answerer', 'helper'],
      ['unknown', 'answerer'],
    ]);
  });

  it('that is stopped is answered with 503', async () => {
    await things.create('in4', { seats: { answerer: { mode: 'stopped' } } });
    const way = { sandbox: 'in4', from: 'asker', to: 'answerer' };
    expect((await send(things.host, way, { method: 'GET', path: '/FHIR/R4/Thing/t' })).status).toBe(503);
  });

  it.each(['/../../other/answerer/FHIR/R4/Thing/t', '/FHIR/%2e%2e/%2e%2e/helper/x', '/..'])(
    'cannot lead out of its base: %s',
    async (path) => {
      await things.create(`out${path.length}`);
      const way = { sandbox: `out${path.length}`, from: 'asker', to: 'answerer' };
      expect(await conditionOf(send(things.host, way, { method: 'GET', path }))).toMatch(/^bad-request: .*leads out/);
    },
  );

  it('is given up after the timeout, and the journal says that nobody waited', async () => {
    await things.create('in5');
    const sql = things.host.sql;
    await sql.transaction((tx) =>
      tx.query(
        `insert into fault (serial, position, id, participant, probability, effect, seen)
         select serial, 1, 'slow', 'answerer', 1, '{"kind":"latency","ms":150}', 0 from sandbox where id = 'in5'`,
      ),
    );
    const way = { sandbox: 'in5', from: 'asker', to: 'answerer' };
    const recorded = new Promise<void>((resolve) => {
      const stop = things.host.journal.watch('in5', () => {
        stop();
        resolve();
      });
    });
    expect(await conditionOf(send(things.host, way, { method: 'GET', path: '/FHIR/R4/Thing/t', timeout: 30 }))).toBe(
      'upstream-timeout: answerer did not answer within 30 ms; whether it acted is not known',
    );
    await recorded;
    expect(await things.exchanges('in5')).toMatchObject([{ note: 'The client was gone before the reply was sent' }]);
  });
});

describe('to an external participant', () => {
  const external = async (id: string, credential?: string) => {
    const seat = { mode: 'external', url, ...(credential === undefined ? {} : { credential }) } as const;
    await things.create(id, { seats: { answerer: seat } });
    return { sandbox: id, from: 'asker', to: 'answerer' };
  };

  it.each([
    ['/FHIR/R4/Patient/1?x=1', '/their/base/Patient/1?x=1'],
    ['/FHIR/R4', '/their/base'],
    ['/FHIR/R4?_count=1', '/their/base?_count=1'],
    ['/messageexchange/X', '/their/base/messageexchange/X'],
    ['/FHIR/R4B/x', '/their/base/FHIR/R4B/x'],
  ])('%s goes to %s', async (path, expected) => {
    answer = (_, response) => response.end('hello');
    const way = await external(`ex${path.length}`);
    const reply = await send(things.host, way, { method: 'POST', path, headers: FHIR, body: '{"b":1}' });
    expect(reply).toMatchObject({ status: 200, body: 'hello' });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: expected, body: '{"b":1}' });
    expect(await things.exchanges(way.sandbox)).toMatchObject([
      {
        id: reply.exchange,
        from: 'asker',
        to: 'answerer',
        request: { url: `${new URL(url).origin}${expected}`, body: '{"b":1}' },
        reply: { status: 200, body: 'hello' },
      },
    ]);
  });

  it.each([
    ['abc', 'Bearer abc'],
    ['NHSMESH abc', 'NHSMESH abc'],
  ])('carries the credential %s as %s, and the journal does not keep it', async (credential, header) => {
    answer = (_, response) => response.end();
    const way = await external(`cred${header.length}`, credential);
    await send(things.host, way, { method: 'GET', path: '/FHIR/R4/x' });
    expect(seen.at(-1)?.headers.authorization).toBe(header);
    expect(JSON.stringify(await things.exchanges(way.sandbox))).not.toContain(header);
  });

  it('that redirects is not followed', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const reply = await send(things.host, await external('redirect'), { method: 'GET', path: '/FHIR/R4/x' });
    expect([reply.status, reply.headers.location]).toEqual([302, 'http://169.254.169.254/']);
  });

  it('that does not answer in time is UPSTREAM_TIMEOUT, recorded with its request', async () => {
    answer = () => undefined;
    const way = await external('slow');
    const sent = send(things.host, way, { method: 'GET', path: '/FHIR/R4/x', timeout: 50 });
    expect(await conditionOf(sent)).toMatch(/^upstream-timeout: http:\/\/127\.0\.0\.1:\d+ did not answer within 50 ms/);
    const [item] = await things.exchanges('slow');
    expect([item?.request?.method, item?.reply, item?.note]).toEqual([
      'GET',
      undefined,
      expect.stringContaining('50 ms'),
    ]);
  });

  it.each([
    [
      'closes the connection',
      (response: ServerResponse) => response.destroy(),
      'closed the connection without a reply',
    ],
    ['sends too much', (response: ServerResponse) => response.end(Buffer.alloc(11 * 1024 * 1024)), 'larger than'],
    [
      'switches protocols',
      (response: ServerResponse) =>
        response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      'another protocol',
    ],
    ['breaks off', (response: ServerResponse) => response.writeHead(200, { 'content-length': 9 }).end('x'), 'closed'],
  ])('that %s is UPSTREAM_FAILED', async (what, act, why) => {
    answer = (_, response) => act(response);
    const way = await external(`bad${what.length}`);
    const condition = await conditionOf(send(things.host, way, { method: 'GET', path: '/FHIR/R4/x' }));
    expect(condition).toMatch(/^upstream-failed/);
    expect(condition).toContain(why);
  });

  it('where nobody listens is UPSTREAM_FAILED', async () => {
    const seat = { mode: 'external', url: 'http://127.0.0.1:1/' } as const;
    await things.create('nobody', { seats: { answerer: seat } });
    const sent = send(things.host, { sandbox: 'nobody', from: 'asker', to: 'answerer' }, { method: 'GET', path: '/x' });
    expect(await conditionOf(sent)).toBe('upstream-failed: http://127.0.0.1:1 refused the connection');
  });

  it('whose address may not be called is refused, and that is recorded', async () => {
    const seat = { mode: 'external', url: 'http://169.254.169.254/latest' } as const;
    await things.create('metadata', { seats: { answerer: seat } });
    const way = { sandbox: 'metadata', from: 'asker', to: 'answerer' };
    expect(await conditionOf(send(things.host, way, { method: 'GET', path: '/x' }))).toMatch(/^outbound-refused/);
    expect(await things.exchanges('metadata')).toMatchObject([{ note: expect.stringContaining('OUTBOUND_ALLOW') }]);
  });

  it('without a url is a problem that says so', async () => {
    await things.create('lost', { seats: { answerer: { mode: 'external' } } });
    const way = { sandbox: 'lost', from: 'asker', to: 'answerer' };
    expect(await conditionOf(send(things.host, way, { method: 'GET', path: '/x' }))).toBe(
      'participant-without-url: answerer is external: set its url before anything is sent to it',
    );
  });

  it.each(['/FHIR/R4/../../secret', '/FHIR/R4/../basement', '/x/../../base2'])(
    'cannot be led out of its base: %s',
    async (path) => {
      const sent = send(things.host, await external(`climb${path.length}`), { method: 'GET', path });
      expect(await conditionOf(sent)).toMatch(/^bad-request/);
    },
  );
});

it('a participant that does not exist cannot be sent to', async () => {
  await things.create('empty');
  const way = { sandbox: 'empty', from: 'asker', to: 'nobody' };
  expect(await conditionOf(send(things.host, way, { method: 'GET', path: '/' }))).toMatch(/^not-found/);
});
