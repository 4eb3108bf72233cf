import type { Host } from '../http/host.ts';
import { MllpClient, type MllpTarget } from './mllp-client.ts';

/** Real milliseconds for which a connection that nothing is sent on is kept. */
const IDLE = 60_000;

interface Link {
  readonly client: MllpClient;
  readonly idle: NodeJS.Timeout;
}

/**
 * One connection for each way from a participant to a destination, on which messages go one after another, in order. One that
 * was closed or failed is replaced with the next message; what was lost with it is not sent again here, since whether the
 * other side acted is not known.
 */
export class MllpLinks {
  readonly #links = new Map<string, Link>();
  readonly #messageMax: number;

  constructor(messageMax: number) {
    this.#messageMax = messageMax;
  }

  to(way: string, target: MllpTarget): MllpClient {
    const key = JSON.stringify([way, target]);
    const known = this.#links.get(key);
    if (known?.client.usable === true) {
      known.idle.refresh();
      return known.client;
    }
    if (known !== undefined) clearTimeout(known.idle);
    const client = new MllpClient(target, this.#messageMax);
    const idle = setTimeout(() => {
      if (this.#links.get(key)?.client !== client) return;
      if (client.busy) idle.refresh();
      else this.#drop(key);
    }, IDLE);
    idle.unref();
    this.#links.set(key, { client, idle });
    client.whenOver(() => {
      if (this.#links.get(key)?.client === client) this.#drop(key);
    });
    return client;
  }

  close(): void {
    for (const key of [...this.#links.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    const link = this.#links.get(key);
    this.#links.delete(key);
    if (link === undefined) return;
    clearTimeout(link.idle);
    link.client.close();
  }
}

/** Of each host its own; closed with it. */
const known = new WeakMap<Host, MllpLinks>();

export const linksOf = (host: Host, messageMax: number): MllpLinks => {
  const found = known.get(host);
  if (found !== undefined) return found;
  const links = new MllpLinks(messageMax);
  known.set(host, links);
  host.closing?.addEventListener('abort', () => links.close(), { once: true });
  return links;
};
