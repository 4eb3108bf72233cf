import { type Command, Option } from 'commander';

interface Where {
  readonly url: string;
  readonly key?: string;
}

/** What a problem says of itself; another system's answer, at another --url, is shown as it came. */
const whatIsWrong = (text: string): string => {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== 'object' || problem === null || !('detail' in problem)) return text;
    return String(problem.detail);
  } catch {
    return text;
  }
};

/** One call of the service's API; anything but success is printed as the problem that it is, with exit code 1. */
const call = async (where: Where, method: string, path: string, body?: object): Promise<unknown> => {
  const headers = {
    ...(where.key === undefined ? {} : { authorization: `Bearer ${where.key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const response = await fetch(new URL(path, where.url), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(
      `No Fingerpost answers at ${where.url} (${cause}). Start one with "fingerpost serve", or name another with --url`,
    );
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}\n${whatIsWrong(text)}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** What whoever made it needs next; `show` has the rest. The page's key is in the fragment, which no server is sent. */
const briefly = (made: unknown, address: string): unknown => {
  if (typeof made !== 'object' || made === null || !('id' in made) || !('key' in made)) return made;
  const { id, key: secret } = made;
  const of = (name: string): object => (name in made ? { [name]: Reflect.get(made, name) } : {});
  const page = new URL(`/sandboxes/${id}#key=${secret}`, address).href;
  return { id, key: secret, page, ...of('pattern'), ...of('dialect'), ...of('endpoints'), ...of('expiresAt') };
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

const url = () =>
  new Option('--url <url>', 'address of the running service').env('FINGERPOST_URL').default('http://127.0.0.1:8080');
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
    .addOption(new Option('--auth <how>', 'whether its endpoints ask for a credential').choices(['none', 'bearer']))
    .addOption(new Option('--key <key>', 'ADMIN_KEY, where the service asks for it').env('FINGERPOST_ADMIN_KEY'))
    .addOption(url())
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
      .addOption(url())
      .action(async (id: string, where: { url: string; key: string }) => {
        await run(() => call(where, method, `/api/sandboxes/${encodeURIComponent(id)}${suffix}`));
      });
  }
};
