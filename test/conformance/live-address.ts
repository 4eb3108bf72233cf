import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseMessage } from '../../sandbox/hl7v2/message.ts';
import { frameOf } from '../../sandbox/hl7v2/mllp-frames.ts';
import { listenMllp } from '../../sandbox/hl7v2/mllp-server.ts';
import { fill } from '../../sandbox/scenario-values.ts';
import type { Given } from './live-case.ts';

/** Where a participant of ours listens, at HTTP and at MLLP, and answers as it was told. */
export interface Address {
  readonly url: string;
  readonly mllpUrl: string;
  /** What came so far; of HL7 v2 what the header says. */
  readonly heard: readonly { readonly path: string; readonly body: unknown }[];
  /** From now on, one after the other; the last one for good. */
  answer(given: readonly Given[]): void;
  close(): Promise<void>;
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body ?? ''));

export const openAddress = async (): Promise<Address> => {
  const heard: { path: string; body: unknown }[] = [];
  let coming: readonly Given[] = [{}];
  const next = (body: unknown): Given => {
    const [given = {}, ...rest] = coming;
    if (rest.length > 0) coming = rest;
    // What comes may be named in what is answered.
    return { ...given, ...(given.body === undefined ? {} : { body: fill(given.body, { asked: body }) }) };
  };
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      const body = parsed(sent);
      heard.push({ path: request.url ?? '', body });
      const { status = 200, headers = {}, body: answer, noReply } = next(body);
      if (noReply !== undefined) request.socket.destroy();
      else response.writeHead(status, headers).end(answer === undefined ? '' : textOf(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const mllp = await listenMllp({
    host: '127.0.0.1',
    ports: [0],
    handle: async ({ content }) => {
      const message = parseMessage(content);
      const body = { control: message.encoded('MSH-10'), acknowledges: message.encoded('MSA-2') };
      heard.push({ path: 'mllp', body });
      const { body: answer } = next(body);
      return answer === undefined ? {} : { wire: frameOf(Buffer.from(textOf(answer))) };
    },
  });
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    mllpUrl: `mllp://127.0.0.1:${mllp.ports[0]}`,
    heard,
    answer: (given) => {
      coming = given;
    },
    close: async () => {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), mllp.close(0)]);
    },
  };
};
