import { isMllp } from '../../sandbox/conformance/hl7-run.ts';
import type { Passing } from '../../sandbox/conformance/passing.ts';
import { startDeliveries } from './deliveries.ts';
import { startHttpProxy } from './http-proxy.ts';
import { startMllpProxy } from './mllp-proxy.ts';
import type { ListenOptions, RunningProxy } from './stand-between.ts';

/** Who asks whom, and where the one who answers is. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly upstream: string;
}

export interface StartOptions extends Pick<ListenOptions, 'host' | 'port' | 'timeout' | 'record'> {
  readonly allowLive: boolean;
  readonly passing: Passing | undefined;
  /** Where whoever delivers reaches this; `true` where that is where it listens; undefined where deliveries do not pass. */
  readonly deliveries: string | true | undefined;
  readonly ready: (words: string) => void;
}

const portOf = (url: string): number => Number(new URL(url).port || (/^https:/i.test(url) ? 443 : 80));

const withDeliveries = async (options: StartOptions, main: Way | undefined) => {
  const { deliveries, passing, ready, port: _port, ...listening } = options;
  if (deliveries === undefined || passing?.delivered === undefined || main === undefined) return undefined;
  const { delivered } = passing;
  const started = await startDeliveries({
    ...listening,
    ...(deliveries === true ? { port: 0 } : { port: portOf(deliveries), publicUrl: deliveries }),
    ...{ from: main.to, to: delivered.to, delivered },
  });
  ready(`What the ${main.to} delivers to the ${delivered.to} passes at ${started.url}`);
  return started;
};

/** Stands in every way, and at the addresses to which things are delivered later where that is wanted. */
export const startProxies = async (ways: readonly Way[], options: StartOptions): Promise<readonly RunningProxy[]> => {
  const { host, port, timeout, record, ready } = options;
  // What is delivered comes from whom the subscriptions go to: the first over HTTP.
  const main = ways.find(({ upstream }) => !isMllp(upstream));
  const deliveries = await withDeliveries(options, main);
  const proxies: RunningProxy[] = deliveries === undefined ? [] : [deliveries];
  for (const [index, way] of ways.entries()) {
    const start = isMllp(way.upstream) ? startMllpProxy : startHttpProxy;
    const replaced = way === main && deliveries !== undefined ? { addresses: deliveries.addresses } : {};
    const proxy = await start({ host, timeout, record, ...way, ...replaced, port: index === 0 ? port : 0 });
    proxies.push(proxy);
    ready(`fingerpost proxy ready on ${proxy.url}\nPoint the ${way.from} there in place of ${way.upstream}`);
  }
  return proxies;
};
