import { afterAll, beforeAll } from 'vitest';
import { type NewFault, replaceFaults } from '../../../sandbox/faults.ts';
import type { ExchangeView } from '../../../sandbox/journal.ts';
import { type LoadedSandbox, loadSandbox } from '../../../sandbox/participants.ts';
import { type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

/** A sandbox of its own for a test. */
export interface Box {
  readonly id: string;
  /** The broker's FHIR base. */
  readonly fhir: string;
  readonly base: string;
  /** Below it are addresses for notifications. */
  readonly hook: string;
}

type Input = Readonly<Record<string, unknown>>;

/** What `list-received` tells, as far as it is looked at. */
export interface Listed {
  readonly subscriptions: readonly {
    readonly state: string;
    readonly missing: readonly number[];
    readonly note?: string;
  }[];
  readonly received: readonly {
    readonly kind: string;
    readonly outcome: string;
    readonly focus: string;
    readonly event: string;
  }[];
}

const [USUAL = ''] = (await loadThisPattern()).manifest.dialects;

/** The pattern, served for the tests of one file. */
export const sandboxes = (dialect = USUAL) => {
  let played: Played;
  let count = 0;
  beforeAll(async () => {
    played = await play(await loadThisPattern());
  });
  afterAll(() => played.close());
  const sandboxOf = async ({ id }: Box): Promise<LoadedSandbox> => {
    const sandbox = await loadSandbox(played.host.sql, id);
    if (sandbox === undefined) throw new Error(`no sandbox ${id}`);
    return sandbox;
  };
  const act = async ({ id }: Box, who: string, name: string, input: Input = {}): Promise<Input> => {
    // Every act of the pattern answers with an object.
    const result = (await played.act(id, who, name, input)) as Input;
    await played.settled(id);
    return result;
  };
  return {
    sandboxOf,
    act,
    open: async (): Promise<Box> => {
      count += 1;
      const id = `s${count}`;
      const base = await played.open(id, { dialect, seed: 1, people: 3 });
      return { id, base, fhir: `${base}/broker/FHIR/R4`, hook: `${base}/subscriber/notifications` };
    },
    mllpUrl: ({ id }: Box, who: string): Promise<string | undefined> => played.mllpUrl(id, who),
    settled: ({ id }: Box): Promise<void> => played.settled(id),
    advance: ({ id }: Box, milliseconds: number): Promise<void> => played.advance(id, milliseconds),
    /** Switches these faults on, and all others off. */
    fault: async (box: Box, ...rules: readonly NewFault[]): Promise<void> => {
      const { row } = await sandboxOf(box);
      await played.host.sql.transaction((tx) => replaceFaults(tx, row.serial, rules));
    },
    /** Gives a seat to a system outside. */
    seat: async ({ id }: Box, who: string, url: string): Promise<void> => {
      await played.host.sql.transaction((tx) =>
        tx.query("update participant set mode = 'external', url = $3 where sandbox = $1 and name = $2", [id, who, url]),
      );
    },
    listed: async (box: Box, who = 'subscriber'): Promise<Listed> =>
      (await played.act(box.id, who, 'list-received')) as Listed,
    /** The exchanges of some operations, in their order. */
    seen: async ({ id }: Box, ...operations: readonly string[]): Promise<readonly ExchangeView[]> =>
      (await played.exchanges(id)).filter(({ operation = '' }) => operations.includes(operation)),
  };
};
