import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './http/things-service.ts';
import { NHS_NUMBER_SYSTEM } from './nhs-number.ts';
import { send } from './outbound.ts';

/** Valid, and neither in the test range nor a published example: as far as anybody here knows, somebody's. */
const REAL = '4010232137';
const person = (value: string) =>
  JSON.stringify({ resourceType: 'Patient', identifier: [{ system: NHS_NUMBER_SYSTEM, value }] });

let things: ThingsService;
let outside: Server;
let url: string;
const seen: string[] = [];
let answer = '';
beforeAll(async () => {
  things = await startThings();
  outside = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.setHeader('content-type', 'application/fhir+json').end(answer);
  });
  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
  const bound = outside.address();
  url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}/their`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await things.close();
});

const wayTo = async (sandbox: string) => {
  await things.create(sandbox, { seats: { answerer: { mode: 'external', url } } });
  return { sandbox, from: 'asker', to: 'answerer' };
};

describe('to an external system', () => {
  it.each([
    ['GET', `/FHIR/R4/Patient/${REAL}`, undefined],
    ['GET', `/FHIR/R4/Patient?identifier=${NHS_NUMBER_SYSTEM}%7C${REAL}`, undefined],
    ['GET', `/FHIR/R4/Patient?identifier=${REAL}`, undefined],
    ['POST', '/FHIR/R4/Patient', person(REAL)],
  ])('%s %s with a number that may be a real person’s is neither sent nor recorded', async (method, path, body) => {
    const way = await wayTo(`g${path.length}${method}`);
    const before = seen.length;
    const sent = send(things.host, way, {
      method,
      path,
      headers: { 'content-type': 'application/fhir+json' },
      ...(body === undefined ? {} : { body }),
    });
    await expect(sent).rejects.toMatchObject({ problem: { condition: 'real-nhs-number' } });
    expect(seen).toHaveLength(before);
    expect(await things.exchanges(way.sandbox)).toEqual([]);
  });

  it('whose reply names one, the reply is used, but its body is not kept', async () => {
    answer = person(REAL);
    const way = await wayTo('kept');
    const reply = await send(things.host, way, { method: 'GET', path: '/FHIR/R4/Patient/x' });
    expect(reply.body).toContain(REAL);
    const [recorded] = await things.exchanges('kept');
    expect(recorded).toMatchObject({ reply: { status: 200 }, note: expect.stringContaining('was not kept') });
    expect(JSON.stringify(recorded)).not.toContain(REAL);
  });

  it('test numbers go as they are, both ways', async () => {
    answer = person('9000000009');
    const way = await wayTo('test');
    await send(things.host, way, { method: 'GET', path: '/FHIR/R4/Patient/9000000009?phone=4010232137' });
    expect(await things.exchanges('test')).toMatchObject([{ reply: { body: answer } }]);
  });
});
