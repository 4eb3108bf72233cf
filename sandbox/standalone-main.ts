import { parseArgs } from 'node:util';
import { ConfigError, type Environment, readConfig } from './config.ts';
import type { LoadedPattern } from './http/host.ts';
import { createLog } from './log.ts';
import { placesOf } from './places.ts';
import { takingPart } from './serving.ts';
import { type NewSandbox, type Standalone, startStandalone } from './standalone.ts';

const SEED = 1;

type Wanted = Omit<NewSandbox, 'dialect' | 'seed'>;

/** `--dialect pds` serves that one alone; anything else is a mistake. */
const wantedDialects = (argv: readonly string[], known: readonly string[]): readonly string[] => {
  const { values } = parseArgs({ args: [...argv], options: { dialect: { type: 'string' } } });
  if (values.dialect === undefined) return known;
  if (known.includes(values.dialect)) return [values.dialect];
  throw new TypeError(`There is no dialect ${values.dialect} here; there are ${known.join(', ')}`);
};

/** Where each participant is reached: the main one, or whoever has the dialect's endpoint, and the others beneath it. */
const addressesOf = async (
  served: Standalone,
  pattern: LoadedPattern,
  dialect: string,
  base: string,
): Promise<readonly string[]> => {
  const { contract = pattern.contract } = await pattern.dialect(dialect);
  const taking = takingPart(pattern.manifest.participants, dialect).map(([, participant]) => participant);
  const addresses: string[] = [];
  for (const participant of taking.toSorted((a, b) => Number(b.main === true) - Number(a.main === true))) {
    const { name } = participant;
    const urls = placesOf(contract, participant).map(({ path }) => `${base}/${name}${path}`);
    const mllp = await served.mllpUrl(dialect, name);
    for (const url of [...urls, ...(mllp === undefined ? [] : [mllp])])
      addresses.push(`${addresses.length === 0 ? dialect : `  ${name}`}: ${url}`);
  }
  return addresses;
};

const start = async (
  env: Environment,
  argv: readonly string[],
  pattern: LoadedPattern,
  wanted: Wanted,
): Promise<void> => {
  const dialects = wantedDialects(argv, pattern.manifest.dialects);
  const config = readConfig(env);
  const served = await startStandalone(pattern, {
    storeUrl: config.storeUrl,
    brokerUrl: config.brokerUrl,
    host: config.host,
    port: config.port,
    allowRealNhsNumbers: config.allowRealNhsNumbers,
    log: createLog(config.logLevel),
    ...(config.mllp.asked ? { mllpPorts: config.mllp.ports } : {}),
  });
  for (const dialect of dialects) {
    const base = await served.open(dialect, { ...wanted, dialect, seed: SEED });
    process.stdout.write(`${(await addressesOf(served, pattern, dialect, base)).join('\n')}\n`);
  }
  const stop = (): void => {
    served.close().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads it may tell it to end at once.
  process.stdout.write(`ready on ${served.url}\n`);
};

/** The whole of a pattern's `main.ts`: serves it by itself, configured by the environment, a sandbox for each dialect. */
export const runStandalone = async (env: Environment, pattern: LoadedPattern, wanted: Wanted): Promise<void> => {
  try {
    await start(env, process.argv.slice(2), pattern, wanted);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError || error instanceof TypeError ? error.message : String(error)}\n`,
    );
    process.exitCode = 2;
  }
};
