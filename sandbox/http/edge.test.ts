import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './things-service.ts';

const FHIR = { 'content-type': 'application/fhir+json' };

let things: ThingsService;
let base: string;
beforeAll(async () => {
  things = await startThings({ bodyLimit: 2000 });
  base = `${await things.create('open')}/answerer`;
  await fetch(`${base}/FHIR/R4/Thing/one`, { method: 'PUT', headers: FHIR, body: '{"a":1}' });
});
afterAll(() => things.close());

const last = async (id: string) => {
  const found = (await things.exchanges(id)).at(-1);
  if (found === undefined) throw new Error('nothing was recorded');
  return found;
};

describe('the edge', () => {
  it('serves an operation at the participant and, for the main one, at the sandbox', async () => {
    for (const url of [`${base}/FHIR/R4/Thing/one`, `${things.url}/sandboxes/open/FHIR/R4/Thing/one`]) {
      const reply = await fetch(url, { headers: { 'x-request-id': 'r-1' } });
      expect(reply.status).toBe(200);
      expect(await reply.text()).toBe('{"a":1}');
      expect(reply.headers.get('etag')).toBe('W/"1"');
      expect(reply.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      expect(reply.headers.get('x-request-id')).toBe('r-1');
      expect((await last('open')).request?.url).toBe(url);
    }
  });

  it('keeps the stores of participants apart', async () => {
    const reply = await fetch(`${things.url}/sandboxes/open/helper/FHIR/R4/Thing/one`);
    expect(reply.status).toBe(404);
  });

  it('answers HEAD as GET, with the length and without the body', async () => {
    const reply = await fetch(`${base}/FHIR/R4/Thing/one`, { method: 'HEAD' });
    expect([reply.status, reply.headers.get('content-length'), await reply.text()]).toEqual([200, '7', '']);
    expect((await last('open')).request?.method).toBe('HEAD');
  });

  it('takes a body that is packed with gzip', async () => {
    const headers = { ...FHIR, 'content-encoding': 'gzip' };
    const reply = await fetch(`${base}/FHIR/R4/Thing/z`, { method: 'PUT', headers, body: gzipSync('{"z":1}') });
    expect([reply.status, await reply.text()]).toEqual([201, '{"z":1}']);
  });

  it('sends a reply in chunks as they come, and records what was sent', async () => {
    const reply = await fetch(`${base}/FHIR/R4/$lines`);
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await reply.text()).toBe('{"line":1}\n{"line":2}\n{"line":3}\n');
    expect((await last('open')).reply?.body).toContain('{"line":3}');
  });

  it('sends an object as JSON, in the form of the path', async () => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${base}/plain/notes`, { method: 'POST', headers, body: '{"text":"x"}' });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await reply.json()).toMatchObject({ got: { text: 'x' }, from: { participant: 'unknown' } });
  });

  it('leaves paths that name nothing in a sandbox to whoever comes next', async () => {
    expect(await (await fetch(`${things.url}/sandboxes/open`)).text()).toContain('Cannot GET');
  });
});

describe('browser clients', () => {
  it('are told that they may send what they ask to send', async () => {
    const before = (await things.exchanges('open')).length;
    const reply = await fetch(`${base}/FHIR/R4/Thing/one`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'if-match,authorization',
      },
    });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(reply.headers.get('access-control-allow-headers')).toBe('if-match,authorization');
    expect(await things.exchanges('open')).toHaveLength(before);
  });

  it('may read the headers that matter, on every answer', async () => {
    const reply = await fetch(`${base}/FHIR/R4/Thing/one`, { headers: { origin: 'https://app.example' } });
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    for (const name of ['ETag', 'Location', 'Retry-After', 'X-Request-ID'])
      expect(reply.headers.get('access-control-expose-headers')).toContain(name);
  });

  it('cannot be made to run what is stored here', async () => {
    const reply = await fetch(`${base}/FHIR/R4/Thing/one`);
    expect(reply.headers.get('content-security-policy')).toContain('sandbox');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('and others learn the methods of a path by a plain OPTIONS', async () => {
    const reply = await fetch(`${base}/FHIR/R4/Thing/one`, { method: 'OPTIONS' });
    expect([reply.status, reply.headers.get('allow')]).toEqual([204, 'GET, PUT, HEAD, OPTIONS']);
  });
});

describe('the journal', () => {
  it('holds an exchange whole, and once, whether it had an effect or not', async () => {
    await things.create('noted');
    const url = `${things.url}/sandboxes/noted/answerer/FHIR/R4/Thing/t`;
    await fetch(url, { method: 'PUT', headers: FHIR, body: '{"b":2}' });
    await fetch(url, { method: 'PUT', headers: { ...FHIR, 'if-match': 'W/"7"' }, body: '{}' });
    await fetch(url);
    const items = await things.exchanges('noted');
    expect(items.map(({ operation, reply }) => [operation, reply?.status])).toEqual([
      ['writeThing', 201],
      ['writeThing', 412],
      ['readThing', 200],
    ]);
    expect(items[0]).toMatchObject({
      kind: 'http',
      from: 'unknown',
      to: 'answerer',
      summary: 'PUT /FHIR/R4/Thing/t → 201',
      request: { method: 'PUT', url, body: '{"b":2}' },
      reply: { body: '{"b":2}', headers: { etag: 'W/"1"' } },
    });
  });

  it('holds a request whose client went away before it was complete', async () => {
    await things.create('cut');
    const socket = connect(Number(new URL(things.url).port), '127.0.0.1');
    const head = 'PUT /sandboxes/cut/answerer/FHIR/R4/Thing/t HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n';
    const recorded = new Promise<void>((resolve) => {
      const stop = things.host.journal.watch('cut', () => {
        stop();
        resolve();
      });
    });
    socket.write(`${head}Content-Type: application/fhir+json\r\n\r\n{"a":`, () => socket.destroy());
    await recorded;
    const [item] = await things.exchanges('cut');
    expect(item?.note).toBe('The client disconnected before the request was complete');
    expect(item?.reply).toBeUndefined();
  });
});
