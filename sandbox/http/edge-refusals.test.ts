import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './things-service.ts';

const FHIR = { 'content-type': 'application/fhir+json' };

let things: ThingsService;
let base: string;
let strict: string;
let locked: string;
beforeAll(async () => {
  things = await startThings({ bodyLimit: 2000 });
  base = `${await things.create('open')}/answerer`;
  strict = `${await things.create('strict', { dialect: 'strict' })}/answerer`;
  locked = `${await things.create('locked', { auth: 'bearer' })}/answerer`;
  await things.create('busy', {
    seats: { answerer: { mode: 'stopped' }, helper: { mode: 'external', url: 'https://there.example/base?k=1' } },
  });
  await things.create('past', { expires: Date.now() - 1 });
  await fetch(`${base}/FHIR/R4/Thing/one`, { method: 'PUT', headers: FHIR, body: '{"a":1}' });
});
afterAll(() => things.close());

const last = async (id: string) => {
  const found = (await things.exchanges(id)).at(-1);
  if (found === undefined) throw new Error('nothing was recorded');
  return found;
};

/** Sends bytes as they are and gives all that comes back. */
const raw = async (bytes: string): Promise<string> => {
  const socket = connect(Number(new URL(things.url).port), '127.0.0.1');
  socket.write(Buffer.from(bytes, 'latin1'));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
};

describe('the edge refuses', () => {
  const put = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = FHIR) =>
    fetch(`${base}${path}`, { method: 'PUT', headers, body });
  const note = (body: string | Uint8Array<ArrayBuffer>, headers = { 'content-type': 'application/json' }) =>
    fetch(`${base}/plain/notes`, { method: 'POST', headers, body });
  const thing = '/FHIR/R4/Thing/x';

  const refusals: [string, number, () => Promise<Response>, string][] = [
    ['a malformed id', 400, () => fetch(`${base}/FHIR/R4/Thing/a_b`), 'id'],
    ['a malformed parameter', 400, () => fetch(`${base}/FHIR/R4/Thing/a?_count=x`), '_count'],
    ['an unknown parameter', 400, () => fetch(`${base}/FHIR/R4/Thing/a?nope=1`), 'nope'],
    ['a missing body', 400, () => put(thing, ''), 'A body is required'],
    ['broken percent-encoding', 400, () => fetch(`${base}/FHIR/R4/Thing/%zz`), 'percent-encoded'],
    ['NUL in the path', 400, () => fetch(`${base}/FHIR/R4/Thing/%00`), 'NUL'],
    ['NUL in the query', 400, () => fetch(`${base}/FHIR/R4/Thing/a?_format=%00`), 'NUL'],
    ['a URL that is too long', 400, () => fetch(`${base}/FHIR/R4/Thing/${'a'.repeat(9000)}`), 'longer than'],
    ['NUL in JSON', 400, () => put(thing, '{"a":"\\u0000"}'), 'NUL'],
    ['bytes that are not UTF-8', 400, () => put(thing, Uint8Array.of(0x22, 0xff, 0x22)), 'UTF-8'],
    ['a body that is not JSON', 400, () => note('{"text":'), 'The body is not JSON'],
    ['a body against the contract', 400, () => note('{"text":1}'), '/text must be string'],
    [
      'a body that is not the gzip it says',
      400,
      () => put(thing, 'x', { ...FHIR, 'content-encoding': 'gzip' }),
      'gzip',
    ],
    ['an unknown path', 404, () => fetch(`${base}/FHIR/R4/Nothing`), 'serves nothing at /FHIR/R4/Nothing'],
    [
      'an unknown participant',
      404,
      () => fetch(`${things.url}/sandboxes/open/nobody/x`),
      'only asker, answerer, helper',
    ],
    ['one that only calls', 404, () => fetch(`${things.url}/sandboxes/open/asker/FHIR/R4/x`), 'only calls others'],
    [
      'a method that the path does not have',
      405,
      () => fetch(`${base}${thing}`, { method: 'DELETE' }),
      'GET, PUT, HEAD',
    ],
    ['what nobody can be given', 406, () => fetch(`${base}${thing}`, { headers: { accept: 'text/html' } }), 'Accept'],
    ['a body that is too large', 413, () => put(thing, `"${'x'.repeat(2001)}"`), 'larger than 2000 bytes'],
    [
      'a body that is too large once unpacked',
      413,
      () => put(thing, gzipSync('x'.repeat(1_000_000)), { ...FHIR, 'content-encoding': 'gzip' }),
      'larger than 2000 bytes',
    ],
    ['a body of another type', 415, () => put(thing, 'x', { 'content-type': 'text/plain' }), 'application/fhir+json'],
    ['another charset', 415, () => put(thing, '{}', { 'content-type': 'application/json;charset=latin1' }), 'UTF-8'],
    ['another packing', 415, () => put(thing, '{}', { ...FHIR, 'content-encoding': 'br' }), 'gzip'],
    ['an operation that nothing serves', 501, () => fetch(`${base}/FHIR/R4/$later`), 'nothing serves it yet'],
    [
      'a stale version',
      412,
      () => put('/FHIR/R4/Thing/one', '{}', { ...FHIR, 'if-match': 'W/"9"' }),
      'Not that version',
    ],
    [
      'an invalid credential',
      401,
      () => fetch(`${base}${thing}`, { headers: { authorization: 'Bearer no' } }),
      'credential',
    ],
    ['another scheme', 401, () => fetch(`${base}${thing}`, { headers: { authorization: 'Basic bm86bm8=' } }), 'Bearer'],
    [
      "another sandbox's credential",
      401,
      () => fetch(`${base}${thing}`, { headers: { authorization: 'Bearer fp_locked_asker' } }),
      'not a credential of this sandbox',
    ],
  ];
  it.each(refusals)('%s with %i, and records it', async (_, status, send, why) => {
    const before = (await things.exchanges('open')).length;
    const reply = await send();
    const body = await reply.text();
    expect(reply.status).toBe(status);
    expect(body).toContain(why);
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    const fhir = new URL(reply.url).pathname.includes('/FHIR/');
    if (fhir) expect(JSON.parse(body).resourceType).toBe('OperationOutcome');
    else expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await things.exchanges('open')).toHaveLength(before + 1);
    expect((await last('open')).reply?.status).toBe(status);
  });

  it('a request without a credential with 401 where the sandbox asks for one, and takes one of its own', async () => {
    const refused = await fetch(`${locked}/FHIR/R4/Thing/one`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="sandbox"']);
    const headers = { authorization: 'Bearer fp_locked_asker' };
    expect((await fetch(`${locked}/FHIR/R4/Thing/one`, { headers })).status).toBe(404);
    expect(await last('locked')).toMatchObject({ from: 'asker', claimed: false, to: 'answerer' });
    expect(JSON.stringify(await things.exchanges('locked'))).not.toContain('fp_locked_asker');
  });

  it.each(['nothing', 'past', 'x'.repeat(100), '%00'])('a sandbox that is not there: %.10s', async (id) => {
    const reply = await fetch(`${things.url}/sandboxes/${id}/FHIR/R4/Thing/1`, { headers: { 'x-request-id': 'r' } });
    expect([reply.status, reply.headers.get('x-request-id')]).toEqual([404, 'r']);
    expect(await reply.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('with 503 for a participant that is stopped, and says where an external one is', async () => {
    const stopped = await fetch(`${things.url}/sandboxes/busy/answerer/FHIR/R4/Thing/1`);
    expect([stopped.status, await stopped.text()]).toEqual([503, expect.stringContaining('answerer is stopped')]);
    const external = await fetch(`${things.url}/sandboxes/busy/helper/FHIR/R4/Thing/1`);
    const text = await external.text();
    expect(external.status).toBe(421);
    expect(text).toContain('it is at https://there.example/base');
    expect(text).not.toContain('k=1');
  });

  it("with the dialect's own codes, and echoes its ids on errors too", async () => {
    const reply = await fetch(`${strict}/FHIR/R4/Thing/1`, { headers: { 'x-correlation-id': 'c' } });
    expect([reply.status, reply.headers.get('x-correlation-id')]).toEqual([400, 'c']);
    expect(await reply.json()).toMatchObject({
      issue: [
        {
          code: 'required',
          details: { coding: [{ system: 'urn:strict', version: '2', code: 'MISSING', display: 'Missing' }] },
          location: ['http.X-Request-ID'],
        },
      ],
    });
    const malformed = await fetch(`${strict}/FHIR/R4/Thing/1`, { headers: { 'x-request-id': 'no-uuid' } });
    expect([malformed.status, malformed.headers.get('x-request-id')]).toEqual([400, 'no-uuid']);
  });

  it('what it did not foresee with 500, without detail, and logs it under the exchange', async () => {
    const reply = await fetch(`${base}/FHIR/R4/$break-down`);
    const text = await reply.text();
    const { id } = await last('open');
    expect(reply.status).toBe(500);
    expect(text).not.toContain('secret');
    expect(text).toContain(id);
    expect(things.logged.at(-1)).toMatchObject({ correlation: id, operation: 'breakDown' });
  });

  it('a body without end as soon as it is too large, and ends the connection', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    });
    const init = { method: 'PUT', headers: FHIR, body: endless, duplex: 'half' };
    const reply = await fetch(`${base}/FHIR/R4/Thing/x`, init as RequestInit);
    expect([reply.status, reply.headers.get('connection')]).toEqual([413, 'close']);
  });

  it('a body that is too large to a client that listens only once all of it is sent', async () => {
    const body = Buffer.alloc(20_000_000, 0x20);
    const socket = connect(Number(new URL(things.url).port), '127.0.0.1');
    const answered = once(socket, 'data');
    const head = `PUT /sandboxes/open/answerer/FHIR/R4/Thing/x HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n`;
    socket.pause();
    socket.write(`${head}Content-Type: application/fhir+json\r\n\r\n`);
    await new Promise<void>((resolve, reject) => socket.write(body, (error) => (error ? reject(error) : resolve())));
    socket.resume();
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('to send a header with a line break', async () => {
    const reply = await fetch(`${base}/FHIR/R4/$split-header`);
    expect([reply.status, reply.headers.get('two')]).toEqual([500, null]);
  });

  it('to let a stream that broke look like a whole one', async () => {
    const whole = fetch(`${base}/FHIR/R4/$break-stream`).then((reply) => reply.text());
    await expect(whole).rejects.toThrow();
    expect((await last('open')).note).toBe('The reply broke off after 5 bytes');
  });

  it.each([
    ['bytes beyond ASCII in the URL', 'GET /sandboxes/open/answerer/FHIR/R4/Thing/caf\xe9 HTTP/1.1'],
    ['an absolute URL that names an unknown path', 'GET http://h/sandboxes/open/answerer/FHIR/R4/No HTTP/1.1'],
  ])('%s', async (_, line) => {
    expect(await raw(`${line}\r\nHost: h\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[04] /);
  });
});
