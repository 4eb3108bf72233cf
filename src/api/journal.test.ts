import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { at, type EchoClient, echoClient } from './test/echo-client.ts';
import { type Listed, type Shown, startEcho } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
let echo: EchoClient;
beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
  echo = echoClient(api);
});
afterAll(() => service.close());

describe('the journal', () => {
  it('pages by cursor, and refuses a cursor that it did not give', async () => {
    const made = await echo.make();
    for (const id of ['a', 'b', 'c']) await echo.write(made, id, id);
    await echo.journal(made, 3);
    const pages: string[][] = [];
    for (let after = ''; ; ) {
      const page = await api<Listed<Shown>>('GET', at(made, `/exchanges?limit=2${after}`), { key: made.key });
      if (page.body.items.length === 0) break;
      pages.push(page.body.items.map(({ id }) => id));
      after = `&after=${page.body.items.at(-1)?.cursor}`;
    }
    expect(new Set(pages.flat()).size).toBe(3);
    expect(pages.every((page) => page.length <= 2)).toBe(true);
    expect((await api('GET', at(made, '/exchanges?after=x'), { key: made.key })).status).toBe(400);
    expect((await api('GET', at(made, '/exchanges?limit=0'), { key: made.key })).status).toBe(400);
    expect((await api('GET', at(made, '/exchanges?what=1'), { key: made.key })).status).toBe(400);
  });

  it('does not keep what is typed into an act and may be a real person’s number, but keeps test numbers', async () => {
    const made = await echo.make();
    const ask = (id: string) => api('POST', at(made, '/participants/asker/acts/ask'), { key: made.key, body: { id } });
    await ask('4010232137');
    await ask('9000000009');
    const acts = (await echo.journal(made, 4)).filter(({ kind }) => kind === 'control');
    expect(acts.map(({ request }) => request?.body)).toEqual(['{"id":"[number]"}', '{"id":"9000000009"}']);
    expect(JSON.stringify(acts)).not.toContain('4010232137');
  });

  it('comes as server-sent events, resumed where it stopped, and ends with the sandbox', async () => {
    const made = await echo.make();
    await echo.write(made, 'a', 'one');
    const first = (await echo.journal(made, 1)).at(-1)?.cursor ?? '';
    const response = await fetch(`${service.url}${at(made, `/events?key=${made.key}`)}`, {
      headers: { 'last-event-id': first },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(text)) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) throw new Error(`the stream ended without ${pattern}: ${text}`);
        text += value;
      }
    };
    await echo.write(made, 'b', 'two');
    await until(/event: exchange\ndata: .*Basic\/b.*\n\n/);
    expect(text).not.toContain('Basic/a');
    await api('POST', at(made, '/reset'), { key: made.key });
    await until(/event: reset/);
    await api('DELETE', at(made), { key: made.key });
    await until(/event: gone/);
    expect((await reader?.read())?.done).toBe(true);
    expect((await api('GET', at(made, '/events?after=1'))).status).toBe(401);
  });
});
