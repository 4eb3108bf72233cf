import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRuns } from './message-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-kill-'));
const runs = createRuns();
afterAll(() => {
  runs.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('kill -9 in the middle of ten thousand messages', () => {
  it('loses none that was accepted, and lets none have two effects', { timeout: 180_000 }, async () => {
    const storeUrl = `sqlite:${join(folder, 'store.db')}`;
    const enough = (said: ReadonlyMap<string, string>): boolean => Number(said.get('handled') ?? 0) >= 3_000;
    const before = await runs.run({ storeUrl, messages: 10_000, enough });
    expect(before.has('result')).toBe(false);
    const accepted = Number(before.get('accepted'));
    expect(accepted).toBeGreaterThanOrEqual(3_000);
    const after = await runs.run({ storeUrl, messages: 0 });
    const { things, total, states } = JSON.parse(after.get('result') ?? '{}');
    expect(things).toBeGreaterThanOrEqual(accepted);
    expect(total).toBe(things);
    expect(states).toEqual([{ state: 'done', n: things }]);
  });
});
