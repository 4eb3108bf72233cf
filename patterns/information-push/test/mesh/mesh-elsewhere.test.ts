import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { member } from '../../../../sandbox/act-values.ts';
import { hashOf, readToken } from '../../../../sandbox/dialects/mesh-token.ts';
import { type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

type Answer = (path: string, request: IncomingMessage, response: ServerResponse) => void;

/** A message exchange that is not ours, at which the mailbox has a password of its own. */
const startExchange = async (answer: Answer) => {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    const token = readToken(request.headers.authorization ?? '');
    const good = token !== undefined && token.hash === hashOf(token, 'their-password');
    tokens.push(token?.nonce ?? 'none');
    if (good) answer(request.url ?? '', request, response);
    else response.writeHead(403).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, tokens, close };
};

const openAt = async (id: string, url: string): Promise<void> => {
  await played.open(id, { dialect: 'mesh', seed: 1, people: 0, seats: { broker: 'external' } });
  await played.host.sql.transaction((tx) =>
    tx.query("update participant set url = $2, outbound_credential = $3 where sandbox = $1 and name = 'broker'", [
      id,
      url,
      'their-password',
    ]),
  );
};

describe('at an exchange that somebody else runs', () => {
  it('the recipient authenticates by the password there, and asks again where exactly 500 were listed', async () => {
    const waiting = new Set(Array.from({ length: 501 }, (_, index) => `M${index}`));
    let lists = 0;
    const exchange = await startExchange((path, request, response) => {
      const id = /\/inbox\/(M\d+)/.exec(path)?.[1] ?? '';
      if (request.method === 'PUT') waiting.delete(id);
      const reports = { 'mex-messagetype': 'REPORT', 'mex-workflowid': 'TEST_WORKFLOW', 'mex-statuscode': '14' };
      if (id !== '') return response.writeHead(200, reports).end();
      lists += 1;
      return response.end(JSON.stringify({ messages: [...waiting].slice(0, 500) }));
    });
    await openAt('full', exchange.url);
    expect(await played.act('full', 'recipient', 'collect-mail')).toEqual({ listed: 501, acknowledged: 501, left: [] });
    exchange.close();
    expect([lists, waiting.size]).toEqual([2, 0]);
    expect(new Set(exchange.tokens).size).toBe(exchange.tokens.length);
    expect(exchange.tokens).not.toContain('none');
  });

  it('a message whose checksum does not hold is neither taken nor acknowledged', async () => {
    const asked: string[] = [];
    const exchange = await startExchange((path, request, response) => {
      asked.push(`${request.method} ${path.replace('/messageexchange/X26ABC2', '')}`);
      if (path.endsWith('/inbox')) return response.end(JSON.stringify({ messages: ['M1'] }));
      const headers = { 'mex-messagetype': 'DATA', 'mex-workflowid': 'TEST_WORKFLOW' };
      return response
        .writeHead(200, { ...headers, 'mex-content-checksum': 'b10a8db164e0754105b7a99be72e3fe5' })
        .end('{}');
    });
    await openAt('damaged', exchange.url);
    expect(await played.act('damaged', 'recipient', 'collect-mail')).toEqual({
      listed: 1,
      acknowledged: 0,
      left: ['M1'],
    });
    exchange.close();
    expect(asked).toEqual(['GET /inbox', 'GET /inbox/M1']);
    expect(member(await played.act('damaged', 'recipient', 'list-mail'), 'mail')).toEqual([]);
  });
});
