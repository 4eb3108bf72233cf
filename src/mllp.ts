import type { Config } from '../sandbox/config.ts';
import type { Host } from '../sandbox/http/host.ts';
import type { Lifecycle } from '../sandbox/lifecycle.ts';
import type { PatternApp } from '../sandbox/pattern.ts';

/** Listens for HL7 v2 where a pattern receives any; rejects where a port that was asked for cannot be bound. */
export const listenMllp = async (
  host: Host,
  lifecycle: Lifecycle,
  { mllp, host: address, tls }: Pick<Config, 'mllp' | 'host' | 'tls'>,
  apps: ReadonlyMap<string, PatternApp>,
): Promise<void> => {
  const part = [...apps.values()].find(({ hl7v2 }) => hl7v2 !== undefined)?.hl7v2;
  if (part === undefined || mllp.ports.length === 0) return;
  const options = { host: address, ports: mllp.ports, ...(tls === undefined ? {} : { tls }) };
  const { refused } = await lifecycle.use('the MLLP listener', part.listen(host, options));
  if (!mllp.asked || refused.length === 0) return;
  const list = refused.map(({ port, why }) => `${port} (${why})`).join(', ');
  throw new Error(`MLLP_PORTS: these ports cannot be listened on: ${list}`);
};
