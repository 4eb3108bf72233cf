import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./message-process.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fingerpost-kill-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the process until a line says enough, or to its end; returns the last number or text of each kind of line. */
const run = async (store: string, messages: number, enough: (said: Map<string, string>) => boolean) => {
  const child = spawn(process.execPath, [script, store, String(messages)], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const exited = once(child, 'exit');
  const said = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const space = line.indexOf(' ');
    said.set(line.slice(0, space), line.slice(space + 1));
    if (enough(said)) child.kill('SIGKILL');
  }
  await exited;
  return said;
};

describe('kill -9 in the middle of ten thousand messages', () => {
  it('loses none that was accepted, and lets none have two effects', { timeout: 180_000 }, async () => {
    const store = `sqlite:${join(folder, 'store.db')}`;
    const before = await run(store, 10_000, (said) => Number(said.get('handled') ?? 0) >= 3_000);
    expect(before.has('result')).toBe(false);
    const accepted = Number(before.get('accepted'));
    expect(accepted).toBeGreaterThanOrEqual(3_000);
    const after = await run(store, 0, () => false);
    const { things, total, states } = JSON.parse(after.get('result') ?? '{}');
    expect(things).toBeGreaterThanOrEqual(accepted);
    expect(total).toBe(things);
    expect(states).toEqual([{ state: 'done', n: things }]);
  });
});
