import { createCtx } from '../sandbox/context.ts';
import type { LoadedPattern } from '../sandbox/http/host.ts';
import { thingMigrations, thingsPattern } from '../sandbox/http/things-pattern.ts';
import { loadSandbox, type SandboxRow } from '../sandbox/participants.ts';
import type { Consumer, Ctx } from '../sandbox/pattern.ts';
import type { Standalone } from '../sandbox/standalone.ts';

/** About a kilobyte, as an event or a small FHIR message has. */
export const BODY = JSON.stringify({ resourceType: 'Bundle', type: 'message', note: 'x'.repeat(950) });
export const SUBSCRIBERS = 100;

/** What a message does in the store of its receiver. */
export const perform = async (ctx: Ctx, id: string): Promise<void> => {
  await ctx.transaction((tx) =>
    tx.query("insert into thing (store, id, version, body) values ($1, $2, 1, '')", [ctx.store, id]),
  );
};

/** Things with two consumers: one does the work, the other sends on to so many subscribers. */
export const patternOf = (work: Consumer['handle']): LoadedPattern => ({
  ...thingsPattern,
  app: {
    ...thingsPattern.app,
    stores: [{ migrations: thingMigrations, copy: async () => {}, sweep: async () => 0 }],
    consumers: {
      work: { participant: 'helper', handle: work },
      publish: {
        participant: 'answerer',
        handle: async ({ body }, ctx) => {
          await ctx.transaction(async (tx) => {
            for (let n = 0; n < SUBSCRIBERS; n += 1) await ctx.enqueue(tx, { consumer: 'work', body });
          });
        },
      },
    },
  },
});
export interface Box {
  readonly row: SandboxRow;
  readonly ctx: Ctx;
}

export const openBox = async (served: Standalone, id: string): Promise<Box> => {
  await served.open(id, { dialect: 'lax', seed: 1, people: 0 });
  const sandbox = await loadSandbox(served.host.sql, id);
  const asker = sandbox?.participants.find(({ name }) => name === 'asker');
  if (sandbox === undefined || asker === undefined) throw new Error(`There is no sandbox ${id}`);
  const { dialect } = await thingsPattern.dialect('lax');
  return { row: sandbox.row, ctx: createCtx(served.host, sandbox, asker, dialect) };
};

export const enqueue = async ({ ctx }: Box, consumer: string, count: number, each: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += each)
    await ctx.transaction(async (tx) => {
      for (let n = sent; n < Math.min(count, sent + each); n += 1) await ctx.enqueue(tx, { consumer, body: BODY });
    });
};

export interface Timed {
  readonly seconds: number;
  /** Of the processor, by this process: steadier than the time of a machine that others use, too. */
  readonly cpu: number;
}

export const timed = async (work: () => Promise<void>): Promise<Timed> => {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1000, cpu: user + system };
};
