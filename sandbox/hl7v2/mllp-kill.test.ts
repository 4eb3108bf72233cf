import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { testStore } from '../sql/store.test-data.ts';
import { admit, connectRaw, frame, hospitalPattern, openHospital } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';
import { createClosing } from './mllp-echo.test-data.ts';

const closing = createClosing();
afterEach(closing.closeAll);

const dial = (port: number) => {
  const client = connectRaw(port);
  closing.add({ close: () => client.socket.destroy() });
  return client;
};

const begin = async (store: string): Promise<{ child: ChildProcess; port: number }> => {
  const path = fileURLToPath(new URL('./hospital-process.test-data.ts', import.meta.url));
  const child = spawn(process.execPath, [path, store], { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.add({ close: () => child.kill('SIGKILL') });
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line).trim()) };
};

describe('a listener that is killed while sixteen connections send', () => {
  it('has stored every message that it acknowledged, and stores each of them once when all are sent again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mllp-kill-'));
    closing.add({ close: () => rmSync(folder, { recursive: true, force: true }) });
    const store = await testStore(join(folder, 'hospital.db'));
    const { child, port } = await begin(store);
    const [sent, acknowledged] = [new Set<string>(), new Map<string, string>()];
    const admission = (id: string): string => admit({ id, number: `9${id}` });
    const sender = async (own: number): Promise<void> => {
      const client = dial(port);
      for (let n = 0; ; n += 1) {
        const id = `${own}-${n}`;
        sent.add(id);
        client.write(frame(admission(id)));
        const reply = (await client.next()).content.toString();
        if (parseMessage(reply).text('MSA-1') === 'AA') acknowledged.set(id, reply);
        if (acknowledged.size === 400) child.kill('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 16 }, (_, own) => sender(own)));
    expect(acknowledged.size).toBeGreaterThanOrEqual(400);
    const hospital = closing.add(await openHospital({}, hospitalPattern, store));
    const stored = new Map((await hospital.admissions()).map(({ number, times }) => [number, times]));
    expect([...acknowledged.keys()].filter((id) => stored.get(`9${id}`) !== 1)).toEqual([]);
    const again = dial(await hospital.port());
    for (const id of sent) {
      again.write(frame(admission(id)));
      const reply = (await again.next()).content.toString();
      expect(reply).toBe(acknowledged.get(id) ?? reply);
      expect(parseMessage(reply).text('MSA-1')).toBe('AA');
    }
    const all = await hospital.admissions();
    expect([all.length, all.filter(({ times }) => times !== 1)]).toEqual([sent.size, []]);
  }, 60_000);
});
