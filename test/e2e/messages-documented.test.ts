import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/catalogue.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json, request } from './sandbox-client.ts';

/*
 * What lessons put into queues is held against what the AsyncAPI documents say of it: headers and payload.
 */
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

interface Sent {
  readonly kind: string;
  readonly request?: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

/** What went from one participant to another while all lessons of a sandbox were played. */
const playAll = async (pattern: string, dialect: string): Promise<readonly Sent[]> => {
  const made = await request(service.url, 'POST', '/api/sandboxes', { body: { pattern, dialect } });
  const { id, key } = made.body as { id: string; key: string };
  const base = `/api/sandboxes/${id}`;
  const lessons = await request(service.url, 'GET', `${base}/scenarios`, { key });
  for (const { id: lesson } of (lessons.body as { items: { id: string }[] }).items)
    await request(service.url, 'POST', `${base}/scenarios/${lesson}`, { key, body: {} });
  const all: Sent[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: { items: Sent[]; next?: string } = await json(
      await fetch(`${service.url}${base}/exchanges?limit=100${after === '' ? '' : `&after=${after}`}`, {
        headers: { authorization: `Bearer ${key}` },
      }),
    );
    all.push(...page.items.filter(({ kind }) => kind !== 'control' && kind !== 'timer'));
    after = page.next;
  }
  return all;
};

interface MessageObject {
  readonly headers?: object;
  readonly contentType?: string;
}
interface Described {
  readonly $ref: string;
  readonly described: MessageObject | undefined;
}
interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly address: string | null; readonly messages: Readonly<Record<string, { $ref: string }>> }>
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, MessageObject>>;
  };
}

/** Where the one message of each queue is described, by the queue as the journal shows it. */
const messagesOf = ({ channels, components }: AsyncApi) =>
  new Map(
    Object.values(channels).flatMap(({ address, messages }) =>
      Object.values(messages).map(({ $ref }): [string, Described] => [
        `queue:${address}`,
        { $ref, described: components.messages[$ref.replace('#/components/messages/', '')] },
      ]),
    ),
  );

const isJson = (contentType = 'application/json'): boolean => /json/.test(contentType);

/** Of what has no queues, but MLLP alone, nothing travels through one. */
const hasQueues = async (id: string): Promise<boolean> =>
  Object.keys((await catalogue.app(id)).consumers ?? {}).length > 0;
const contracts = catalogue.messageContracts.map((name) => name.replace('.asyncapi', ''));
const withMessages = (await Promise.all(contracts.map(async (id) => ((await hasQueues(id)) ? [id] : [])))).flat();
const rows = (
  await Promise.all(
    withMessages.map(async (id) => (await catalogue.dialects(id)).map((dialect): [string, string] => [id, dialect.id])),
  )
).flat();

describe('what travels through the queues', () => {
  it.each(rows)('is what the AsyncAPI document of %s says, in %s', { timeout: 120_000 }, async (pattern, dialect) => {
    const { document } = await catalogue.messageContract(`${pattern}.asyncapi`);
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'contract');
    // Valid by the schema of AsyncAPI 3.0: test/rules/asyncapi.test.ts.
    const messages = messagesOf(document as AsyncApi);
    const mistakes = (at: string, value: unknown): unknown => {
      const valid = ajv.compile({ $ref: `contract${at}` });
      return valid(value) ? [] : valid.errors;
    };
    const all = await playAll(pattern, dialect);
    const sent = all.flatMap(({ request }) => (request?.method === 'SEND' ? [request] : []));
    // A dialect that is spoken over MLLP alone puts nothing into a queue.
    const framed = all.length > 0 && all.every(({ kind }) => kind === 'mllp');
    expect(sent.length === 0).toBe(framed);
    for (const { url, headers, body = '' } of sent) {
      const { $ref, described } = messages.get(url) ?? {};
      expect([url, described]).toEqual([url, expect.anything()]);
      if (described?.headers !== undefined) expect([url, mistakes(`${$ref}/headers`, headers)]).toEqual([url, []]);
      const payload = isJson(described?.contentType) ? JSON.parse(body) : body;
      expect([url, mistakes(`${$ref}/payload`, payload)]).toEqual([url, []]);
    }
  });
});
