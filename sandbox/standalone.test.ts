import { describe, expect, it } from 'vitest';
import type { LoadedPattern } from './http/host.ts';
import { thingMigrations, thingsPattern } from './http/things-pattern.ts';
import type { PatternApp } from './pattern.ts';
import { testStore } from './sql/store.test-data.ts';
import { startStandalone } from './standalone.ts';

const QUIET = { error: () => {}, warn: () => {} };
const options = async () => ({ storeUrl: await testStore(), log: QUIET });
const WANTED = { dialect: 'lax', seed: 1, people: 0 };

const nothing = { copy: async () => {}, sweep: async () => 0 };
const withSeed = (seed: PatternApp['seed']): LoadedPattern => ({
  ...thingsPattern,
  app: { ...thingsPattern.app, stores: [{ migrations: thingMigrations, ...nothing }], ...(seed && { seed }) },
});

describe('a pattern served by itself', () => {
  it('seeds a sandbox once, however often it is opened, and serves it', async () => {
    const seeded: string[] = [];
    const served = await startStandalone(
      withSeed(async (ctx) => {
        seeded.push(ctx.participant.name);
      }),
      await options(),
    );
    try {
      const base = await served.open('mine', WANTED);
      expect(await served.open('mine', WANTED)).toBe(base);
      expect(seeded).toEqual(thingsPattern.manifest.participants.map(({ name }) => name));
      expect(base).toBe(`${served.url}/sandboxes/mine`);
      expect((await fetch(`${served.url}/sandboxes/other`)).status).toBe(404);
    } finally {
      await served.close();
    }
  });

  it('does not serve one whose seeding was cut short as if it were whole', async () => {
    const served = await startStandalone(
      withSeed(async () => {
        throw new Error('cut short');
      }),
      await options(),
    );
    try {
      await expect(served.open('mine', WANTED)).rejects.toThrow('cut short');
      await expect(served.open('mine', WANTED)).rejects.toThrow('mine was not seeded to its end');
    } finally {
      await served.close();
      await served.close();
    }
  });

  it('says what keeps it from listening', async () => {
    const first = await startStandalone(withSeed(undefined), await options());
    try {
      const port = Number(new URL(first.url).port);
      await expect(startStandalone(withSeed(undefined), { ...(await options()), port })).rejects.toThrow('EADDRINUSE');
    } finally {
      await first.close();
    }
  });
});
