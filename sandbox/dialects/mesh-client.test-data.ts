import { randomUUID } from 'node:crypto';
import { loadSandbox } from '../participants.ts';
import type { Played } from '../pattern-harness.test-data.ts';
import { OWNERS, tokenOf } from './mesh-pattern.test-data.ts';

type Mailbox = keyof typeof OWNERS;
type Headers = Readonly<Record<string, string>>;

/** What the handshake has to say of the client. */
export const CLIENT = { 'mex-clientversion': 'Test==1', 'mex-osname': 'Linux', 'mex-osversion': '1' };
export const V2 = { accept: 'application/vnd.mesh.v2+json' };

/** What a reply says, for tests to look into. */
export const json = async (reply: Response | Promise<Response>) => JSON.parse(await (await reply).text());

/** A new exchange of the tests, and requests to it with tokens that hold at `now`. */
export const openExchange = async (
  played: Played,
  id: string,
  now: () => number,
  seats: Readonly<Record<string, 'external' | 'stopped'>> = {},
) => {
  const base = `${await played.open(id, { dialect: 'mesh', seed: 1, people: 0, seats })}/exchange/messageexchange`;
  const participants = (await loadSandbox(played.host.sql, id))?.participants ?? [];
  const as = (mailbox: Mailbox): Headers => {
    const password = participants.find(({ name }) => name === OWNERS[mailbox])?.credential ?? '';
    return { authorization: tokenOf(mailbox, password, randomUUID(), now()) };
  };
  const send = (headers: Headers = {}, body: string | Uint8Array<ArrayBuffer> = 'hello', path = '') =>
    fetch(`${base}/X26ABC1/outbox${path}`, {
      method: 'POST',
      headers: {
        ...as('X26ABC1'),
        'content-type': 'text/plain',
        'mex-to': 'X26ABC2',
        'mex-workflowid': 'TEST_WORKFLOW',
        ...headers,
      },
      body,
    });
  const ask = (path: string, headers: Headers = {}, method = 'GET') =>
    fetch(`${base}/${path}`, {
      method,
      headers: { ...as(path.startsWith('X26ABC2') ? 'X26ABC2' : 'X26ABC1'), ...headers },
    });
  return {
    id,
    send,
    ask,
    /** Sends, and gives the id. */
    sent: async (headers: Headers = {}, body?: string | Uint8Array<ArrayBuffer>): Promise<string> =>
      (await json(send({ ...V2, ...headers }, body))).message_id,
    inbox: async (mailbox: Mailbox): Promise<string[]> => (await json(ask(`${mailbox}/inbox`))).messages,
  };
};
