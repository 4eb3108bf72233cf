import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { openSql } from './open.ts';
import type { Sql } from './port.ts';

let server: Postgres;
let one: Sql;
let other: Sql;

/** What a node hears of a topic; `next` resolves with the following word. */
const ear = (sql: Sql, topic: string) => {
  const words: (string | undefined)[] = [];
  let ring = (): void => undefined;
  const stop = sql.listen?.(topic, (what) => {
    words.push(what);
    ring();
  });
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough())
      await new Promise<void>((resolve) => {
        ring = resolve;
      });
  };
  return { words, until, stop };
};

/** Resolves when each node hears the other. */
const both = async (): Promise<void> => {
  const ears = [ear(one, 'ready'), ear(other, 'ready')];
  while (!ears.every(({ words }) => words.includes('yes'))) {
    for (const node of [one, other]) node.notify?.('ready', 'yes');
    await one.query('select 1 as one');
  }
  for (const { stop } of ears) stop?.();
};

describe.skipIf(postgresIsMissing())('words between nodes', () => {
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    [one, other] = await Promise.all([openSql(url, []), openSql(url, [])]);
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await server.remove();
  });

  it('reach the others, by topic, each once in a turn, and not who said them', async () => {
    const [here, there, elsewhere] = [ear(one, 'a'), ear(other, 'a'), ear(other, 'b')];
    await both();
    for (let n = 0; n < 3; n += 1) one.notify?.('a', 'said thrice');
    one.notify?.('a', 'last');
    await there.until(() => there.words.includes('last'));
    expect(there.words).toEqual(['said thrice', 'last']);
    expect([here.words, elsewhere.words]).toEqual([[], []]);
    for (const { stop } of [here, there, elsewhere]) stop?.();
  });

  it('may be more than a server takes at once', async () => {
    const there = ear(other, 'many');
    const said = Array.from({ length: 1000 }, (_, n) => `word ${n} é`);
    for (const word of said) one.notify?.('many', word);
    await there.until(() => there.words.includes(said.at(-1)));
    expect(there.words).toEqual(said);
    there.stop?.();
  });

  it('begin again by themselves after the connection was lost, and who listens is told that some may be missed', async () => {
    const there = ear(other, 'later');
    await server.administer('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
    await there.until(() => there.words.includes(undefined));
    await both();
    one.notify?.('later', 'again');
    await there.until(() => there.words.includes('again'));
    there.stop?.();
  });

  it('that somebody else says on the channel are passed over', async () => {
    const there = ear(other, 'a');
    for (const noise of ['', 'no JSON', '[]', '{}', '["x", 1]', '["x", ["a"]]'])
      await server.administer(`select pg_notify('integration_sandbox', '${noise}')`);
    one.notify?.('a', 'heard');
    await there.until(() => there.words.includes('heard'));
    there.stop?.();
  });
});
