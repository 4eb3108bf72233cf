import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Edge } from '../sandbox/http/edge.ts';
import type { Log } from '../sandbox/http/host.ts';
import type { Catalogue } from './catalogue.ts';
import { SEED } from './sandboxes/create.ts';
import type { Templates } from './sandboxes/templates.ts';

export interface Warmable {
  readonly catalogue: Catalogue;
  readonly edge: Edge;
  readonly templates: Templates;
  readonly log: Log;
  readonly closing: AbortSignal;
  /** Compiles the service's own contract. */
  api(): Promise<unknown>;
}

/** Whoever started the service asks first whether it is ready, and is not to wait while a contract is compiled. */
const REST_MS = 300;

/**
 * Does beforehand what the first caller would wait a second for: compiles the contracts and seeds the template of each
 * pattern in the dialect and with the seed that nobody has to name. It begins once requests are answered, gives way to them
 * between its steps, and what fails in it is tried again when it is needed.
 */
export const warmUp = async ({ catalogue, edge, templates, log, closing, api }: Warmable): Promise<void> => {
  const prepare = async (id: string): Promise<void> => {
    const pattern = await catalogue.load(id);
    const [dialect] = pattern.manifest.dialects;
    if (dialect === undefined) return;
    await edge.prepare(id, dialect);
    if (!closing.aborted) await templates.ensure(pattern, dialect, SEED);
  };
  const live = catalogue.ids.filter((id) => catalogue.live(id));
  await delay(REST_MS, undefined, { signal: closing }).catch(() => undefined);
  for (const step of [api, ...live.map((id) => () => prepare(id))]) {
    await nextTurn();
    if (closing.aborted) return;
    try {
      await step();
    } catch (err) {
      log.warn({ err }, 'warming up failed');
    }
  }
};
