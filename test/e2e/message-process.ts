import { createCtx } from '../../sandbox/context.ts';
import { thingMigrations, thingsPattern } from '../../sandbox/http/things-pattern.ts';
import { loadSandbox } from '../../sandbox/participants.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { startStandalone } from '../../sandbox/standalone.ts';

/**
 * A process that can be killed: sends so many messages (0 only handles what is left), says how many are accepted and how
 * many were handled, and in the end what came of them.
 */
const [storeUrl = '', wanted = '0', brokerUrl = 'local:'] = process.argv.slice(2);
const EACH = 100;

let handled = 0;
const app: PatternApp = {
  ...thingsPattern.app,
  stores: [{ migrations: thingMigrations, copy: async () => {}, sweep: async () => 0 }],
  consumers: {
    work: {
      participant: 'helper',
      async handle({ body }, ctx) {
        // How often there was an effect is what is looked at afterwards.
        await ctx.transaction((tx) =>
          tx.query(
            `insert into thing (store, id, version, body) values ($1, $2, 1, '')
             on conflict (store, id) do update set version = thing.version + 1`,
            [ctx.store, Buffer.from(body).toString()],
          ),
        );
        handled += 1;
        if (handled % EACH === 0) console.log(`handled ${handled}`);
      },
    },
  },
};
const pattern = { ...thingsPattern, app };
const log = { error: () => undefined, warn: () => undefined };
const served = await startStandalone(pattern, { storeUrl, brokerUrl, log });
await served.open('box', { dialect: 'lax', seed: 1, people: 0 });
const { sql } = served.host;
const sandbox = await loadSandbox(sql, 'box');
const sender = sandbox?.participants.find(({ name }) => name === 'asker');
if (sandbox === undefined || sender === undefined) throw new Error('There is no sandbox');
const { dialect } = await pattern.dialect('lax');
const ctx = createCtx(served.host, sandbox, sender, dialect);
let accepted = 0;
for (let sent = 0; sent < Number(wanted); sent += EACH) {
  try {
    await ctx.transaction(async (tx) => {
      for (let n = sent; n < sent + EACH; n += 1) await ctx.enqueue(tx, { consumer: 'work', body: `message ${n}` });
    });
    accepted += EACH;
    console.log(`accepted ${accepted}`);
  } catch {
    // A store that is away says no, or cannot say: what is not known to be accepted may be there or not.
  }
}
await served.messages.settled(sandbox.row);
const [[effects], states] = await Promise.all([
  sql.query('select count(*) as things, sum(version) as total from thing'),
  sql.query('select state, count(*) as n from message group by state'),
]);
console.log(`result ${JSON.stringify({ ...effects, states })}`);
await served.close();
