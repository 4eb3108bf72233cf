import { type Command, Option } from 'commander';
import { AUTH_MODES } from '../../sandbox/auth/mode.ts';
import { adminKey, call, serviceUrl } from './service-call.ts';

/** What whoever made it needs next; `show` has the rest. The page's key is in the fragment, which no server is sent. */
const briefly = (made: unknown, address: string): unknown => {
  if (typeof made !== 'object' || made === null || !('id' in made) || !('key' in made)) return made;
  const { id, key: secret } = made;
  const given = ['pattern', 'dialect', 'endpoints', 'authentication', 'expiresAt'].filter((name) => name in made);
  const rest = Object.fromEntries(given.map((name) => [name, Reflect.get(made, name)]));
  const page = new URL(`/sandboxes/${id}#key=${secret}`, address).href;
  return { id, key: secret, page, ...rest };
};

const run = async (task: () => Promise<unknown>): Promise<void> => {
  try {
    const result = await task();
    if (result !== undefined) console.log(JSON.stringify(result, null, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
};

const key = () =>
  new Option('--key <key>', 'the key that came with the sandbox').env('FINGERPOST_KEY').makeOptionMandatory();

export const register = (program: Command): void => {
  const sandbox = program
    .command('sandbox')
    .summary('create, look at, reset and delete sandboxes of a running service');
  sandbox
    .command('create')
    .summary('create one; prints its id, key, page and endpoints')
    .requiredOption('--pattern <id>', 'the pattern to run')
    .option('--dialect <id>', 'how the API speaks it')
    .option('--seed <number>', 'another set of synthetic people', Number)
    .option('--ttl <duration>', 'how long it lives in real time, as ISO 8601: PT24H')
    .addOption(new Option('--auth <how>', 'how callers of its endpoints prove who they are').choices(AUTH_MODES))
    .addOption(adminKey())
    .addOption(serviceUrl())
    .action(async ({ url: address, key: secret, ...request }: { url: string; key?: string }) => {
      const where = { url: address, ...(secret === undefined ? {} : { key: secret }) };
      await run(async () => briefly(await call(where, 'POST', '/api/sandboxes', request), address));
    });
  for (const [name, method, suffix, summary] of [
    ['show', 'GET', '', 'participants, endpoints, clock and expiry'],
    ['reset', 'POST', '/reset', 'back to the seeded state'],
    ['delete', 'DELETE', '', 'delete it and all it holds'],
    ['exchanges', 'GET', '/exchanges?limit=1000', 'the journal'],
  ] as const) {
    sandbox
      .command(`${name} <id>`)
      .summary(summary)
      .addOption(key())
      .addOption(serviceUrl())
      .action(async (id: string, where: { url: string; key: string }) => {
        await run(() => call(where, method, `/api/sandboxes/${encodeURIComponent(id)}${suffix}`));
      });
  }
};
