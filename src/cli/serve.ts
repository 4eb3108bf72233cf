import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Command } from 'commander';
import { ConfigError, readConfig } from '../../sandbox/config.ts';

/** Where it keeps its data unless told. */
const STORE_URL = 'sqlite:./data/fingerpost.db';

/** Resolves with the first of the signals that ask a program to end. */
const askedToEnd = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });

const explain = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `${error.message}: another program listens there. Set PORT to another port, or to 0 for any that is free`;
  return error instanceof Error ? error.message : String(error);
};

/** What whoever started it can put right. */
const isUsage = (error: unknown): boolean =>
  error instanceof ConfigError || (error instanceof Error && error.name === 'TreeError');

/**
 * What V8 multiplies the space for new objects by when it fills; 1 keeps it small. Starting makes much that soon is garbage,
 * and an idle process would keep the space that it was made in: 15 MB, which requests are to have once they come.
 */
const growYoungSpace = (factor: 1 | 2): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`);

/**
 * What warming up leaves behind is given back at once: V8 keeps it until much more is asked for than an idle service does. Its
 * collector is there only for who asks for it by a flag before a context is made.
 */
const giveBack = (): void => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};

const serve = async ({ tree }: { readonly tree?: string }): Promise<void> => {
  const asked = askedToEnd();
  try {
    growYoungSpace(1);
    const config = readConfig(process.env, STORE_URL);
    const { startService } = await import('../main.ts');
    const service = await startService(config, { warm: true, ...(tree === undefined ? {} : { tree }) });
    console.log(`fingerpost ready on ${service.url}`);
    void service.warmed.then(() => {
      giveBack();
      growYoungSpace(2);
    });
    await asked;
    // A second signal does not wait for what is in flight.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
    await service.close();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = isUsage(error) ? 2 : 1;
  }
};

export const register = (program: Command): void => {
  program
    .command('serve')
    .summary('start the service: pages, API and sandboxes on one port')
    .description('Starts the service. It is configured by the environment: PORT, HOST, STORE_URL, PUBLIC_URL and more.')
    .option('--tree <file>', "an organisation's own decision tree, as YAML")
    .action(serve);
};
