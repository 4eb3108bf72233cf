import { afterAll, describe, expect, it } from 'vitest';
import { startService, temporaryFolder } from './running-service.ts';
import { createSandbox, json } from './sandbox-client.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const WRITES = 1000;
const CALLERS = 16;

describe('a service that is killed in the middle of 1,000 writes', { timeout: 120_000 }, () => {
  it('still has every write that it acknowledged, and the request half of each in the journal', async () => {
    const before = await startService(folder.path);
    const sandbox = await createSandbox(before.url);
    const acknowledged: { readonly id: string; readonly body: string }[] = [];
    let sent = 0;
    let killed: Promise<void> | undefined;
    const caller = async (): Promise<void> => {
      while (sent < WRITES) {
        const body = JSON.stringify({ resourceType: 'Patient', name: [{ family: `Write-${sent++}` }] });
        try {
          const response = await fetch(`${sandbox.fhir}/Patient`, {
            method: 'POST',
            headers: { 'content-type': 'application/fhir+json' },
            body,
          });
          const text = await response.text();
          if (response.status !== 201) throw new Error(`a create was answered ${response.status}: ${text}`);
          acknowledged.push({ id: String(JSON.parse(text).id), body: text });
        } catch (error) {
          if (killed === undefined) throw error;
          return;
        }
        if (acknowledged.length >= WRITES / 2) killed ??= before.kill();
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    await killed;
    expect(acknowledged.length).toBeGreaterThanOrEqual(WRITES / 2);

    const after = await startService(folder.path);
    try {
      const base = sandbox.fhir.replace(before.url, after.url);
      const lost: string[] = [];
      for (const { id, body } of acknowledged) {
        const response = await fetch(`${base}/Patient/${id}`);
        if ((await response.text()) !== body) lost.push(`${id}: ${response.status}`);
      }
      expect(lost).toEqual([]);
      // Its index, too, which is written later than the resource.
      const { total } = await json<{ total: number }>(await fetch(`${base}/Patient?family=write-&_summary=count`));
      expect(total).toBeGreaterThanOrEqual(acknowledged.length);

      const journalled = new Set<string>();
      for (let cursor = ''; ; ) {
        const page = await fetch(`${after.url}/api/sandboxes/${sandbox.id}/exchanges?limit=1000&after=${cursor}`, {
          headers: { authorization: `Bearer ${sandbox.key}` },
        });
        const { items, next } = await json<{
          items: { request?: { method?: string; body?: string } }[];
          next?: string;
        }>(page);
        for (const { request } of items)
          if (request?.method === 'POST') journalled.add(/"family":"(Write-\d+)"/.exec(request.body ?? '')?.[1] ?? '');
        if (next === undefined) break;
        cursor = next;
      }
      expect(
        acknowledged.filter(({ body }) => !journalled.has(/"family":"(Write-\d+)"/.exec(body)?.[1] ?? '')),
      ).toEqual([]);
    } finally {
      expect(await after.stop()).toBe(0);
    }
  });
});
