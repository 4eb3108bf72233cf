import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage } from '../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../sandbox/hl7v2/mllp-client.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const catalogue = await openCatalogue();
const live = catalogue.ids.filter((id) => catalogue.live(id));
const spoken = await Promise.all(
  live.map(async (pattern) => (await catalogue.dialects(pattern)).map(({ id }) => [pattern, id] as const)),
);

interface Tried {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly version?: { readonly path: string; readonly from: string; readonly as: string };
}
interface Endpoint {
  readonly participant: string;
  readonly protocol: string;
  readonly url: string;
  readonly credential?: string;
  readonly requests?: readonly Tried[];
  readonly messages?: readonly TriedMessage[];
}
interface TriedMessage {
  readonly title: string;
  readonly type: string;
  readonly accept?: string;
  readonly application?: string;
  readonly segments: readonly string[];
  readonly answer?: string;
}

const fresh = (text: string): string => text.replaceAll('{uuid}', () => crypto.randomUUID());

/** As the page's commands send it (web/sandbox/commands.ts). */
const send = async ({ url, credential = '' }: Endpoint, { method, path, headers, form, body, version }: Tried) => {
  const always = { authorization: `Bearer ${credential}`, 'x-request-id': crypto.randomUUID() };
  const given = Object.entries(headers).map(([name, value]): [string, string] => [name, fresh(value)]);
  const read = version && (await fetch(`${url}${version.path}`, { headers: always }));
  const current: Record<string, string> = version ? { [version.as]: read?.headers.get(version.from) ?? '' } : {};
  const json = body === undefined ? undefined : fresh(JSON.stringify(body));
  const sent = form === undefined ? json : new URLSearchParams(form);
  return fetch(`${url}${path}`, {
    method,
    headers: { ...Object.fromEntries(given), ...always, ...current },
    ...(sent === undefined ? {} : { body: sent }),
  });
};

/** As the page's commands send it (web/sandbox/mllp-commands.ts); MSA-1 of what comes back. */
const sendHl7 = async ({ url, credential = '' }: Endpoint, message: TriedMessage): Promise<string> => {
  const { type, accept, application = '', segments } = message;
  const now = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, '');
  const id = crypto.randomUUID().replaceAll('-', '').slice(0, 20);
  const mode = accept === undefined ? '' : `|||${accept}|${application}`;
  const head = `MSH|^~\\&|PAS|RCB|ROUTE|ROUTE|${now}|${credential}|${type}|${id}|P|2.4${mode}`;
  const text = [head, ...segments.map((one) => one.replaceAll('{now}', now)), ''].join('\r');
  const { hostname, port } = new URL(url);
  const client = new MllpClient({ address: hostname, port: Number(port) });
  try {
    return parseMessage((await client.send(Buffer.from(text), AbortSignal.timeout(10_000))).toString()).text('MSA-1');
  } finally {
    client.close();
  }
};

describe('what is shown as good to try', () => {
  it.each(spoken.flat())(
    'works in %s in %s, at each endpoint and with each credential, twice',
    async (pattern, dialect) => {
      const made = await request(service.url, 'POST', '/api/sandboxes', { body: { pattern, dialect } });
      const { endpoints } = made.body as { endpoints: readonly Endpoint[] };
      for (const endpoint of endpoints)
        for (const message of [...(endpoint.messages ?? []), ...(endpoint.messages ?? [])]) {
          const { title, accept, answer = accept === undefined ? 'AA' : 'CA' } = message;
          expect([endpoint.url, title, await sendHl7(endpoint, message)]).toEqual([endpoint.url, title, answer]);
        }
      for (const endpoint of endpoints)
        for (const tried of [...(endpoint.requests ?? []), ...(endpoint.requests ?? [])]) {
          const reply = await send(endpoint, tried);
          const text = await reply.text();
          expect([endpoint.url, tried.title, reply.ok ? 'ok' : text]).toEqual([endpoint.url, tried.title, 'ok']);
          // The number of a person stands in no address where it can be in a body.
          if (tried.form !== undefined || tried.body !== undefined)
            expect(`${tried.title} ${tried.path.split('?')[1] ?? ''}`).not.toMatch(/\d{10}/);
        }
      for (const { protocol, url, messages = [] } of endpoints)
        if (protocol === 'mllp' && url !== undefined) expect(messages).not.toEqual([]);
      // Mailboxes ask for tokens of their own, which no command line makes.
      if (dialect !== 'mesh') expect(endpoints.some(({ requests = [] }) => requests.length > 0)).toBe(true);
    },
  );
});
