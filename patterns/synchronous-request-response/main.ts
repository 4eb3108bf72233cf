import { ConfigError, readConfig } from '../../sandbox/config.ts';
import { createLog } from '../../sandbox/log.ts';
import { startStandalone } from '../../sandbox/standalone.ts';
import { loadThisPattern } from './loaded.ts';

/** Serves this pattern by itself, once in each dialect: `node patterns/synchronous-request-response/main.ts`. */
const PEOPLE = 40;
const SEED = 1;

const start = async (): Promise<void> => {
  const config = readConfig(process.env);
  const pattern = loadThisPattern();
  const served = await startStandalone(pattern, {
    storeUrl: config.storeUrl,
    host: config.host,
    port: config.port,
    allowRealNhsNumbers: config.allowRealNhsNumbers,
    log: createLog(config.logLevel),
  });
  for (const dialect of pattern.manifest.dialects) {
    const base = await served.open(dialect, { dialect, seed: SEED, people: PEOPLE, seats: { requester: 'external' } });
    process.stdout.write(`${dialect}: ${base}/provider/FHIR/R4\n`);
  }
  process.stdout.write(`ready on ${served.url}\n`);
  const stop = (): void => {
    served.close().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

try {
  await start();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
