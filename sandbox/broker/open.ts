import { existsSync } from 'node:fs';
import { BrokerError } from './error.ts';
import type { Broker, BrokerOptions, OpenBroker } from './port.ts';

const EXAMPLES = 'local:, amqp://host or redis://host';

/** The driver's name: there is a file for the scheme, or for the scheme without the `s` of TLS (`.js` in the package). */
const driverOf = (scheme: string): string | undefined =>
  [scheme, scheme.replace(/s$/, '')].find(
    (name) =>
      /^[a-z][a-z0-9]*$/.test(name) &&
      ['.ts', '.js'].some((extension) => existsSync(new URL(`./${name}${extension}`, import.meta.url))),
  );

export const hasBrokerDriver = (scheme: string): boolean => driverOf(scheme) !== undefined;

/** The package that an import did not find, which is another trouble than a driver that does not exist. */
const missingPackage = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    ? /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
    : undefined;

const load = async (name: string, scheme: string): Promise<{ open?: OpenBroker }> => {
  try {
    return await import(/* @vite-ignore */ `./${name}.ts`);
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    throw new BrokerError(
      'misuse',
      `The broker driver for "${scheme}:" (BROKER_URL) needs the package ${missing}, which is not installed`,
      { cause: error },
    );
  }
};

/** Opens `BROKER_URL`, whose scheme names the driver. Does not wait for the server to be there. */
export const openBroker = async (url: string, options: BrokerOptions = {}): Promise<Broker> => {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
  if (scheme === '') throw new BrokerError('misuse', `BROKER_URL has no scheme: write ${EXAMPLES}`);
  const name = driverOf(scheme);
  const driver = name === undefined ? {} : await load(name, scheme);
  if (driver.open !== undefined) return driver.open(url, options);
  throw new BrokerError('misuse', `There is no broker driver "${scheme}:" (BROKER_URL), as in ${EXAMPLES}`);
};
