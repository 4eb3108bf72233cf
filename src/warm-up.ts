import { setTimeout as delay } from 'node:timers/promises';
import type { Edge } from '../sandbox/http/edge.ts';
import type { Log } from '../sandbox/http/host.ts';
import type { Catalogue } from './catalogue.ts';
import type { InFlight } from './in-flight.ts';
import { SEED } from './sandboxes/create.ts';
import type { Templates } from './sandboxes/templates.ts';

export interface Warmable {
  readonly catalogue: Catalogue;
  readonly edge: Edge;
  readonly templates: Templates;
  readonly log: Log;
  readonly closing: AbortSignal;
  readonly requests: Pick<InFlight, 'busy'>;
  /** Compiles the service's own contract. */
  api(): Promise<unknown>;
}

/** Whoever started the service asks first whether it is ready, and is not to wait while a contract is compiled. */
const REST_MS = 300;
/** What a new sandbox is asked for before anything else. */
const FIRST = ['searchType', 'readResource', 'createResource'];
/** So often it is looked whether somebody asks; and so long it gives way to those who always do. */
const LOOK_MS = 25;
const PATIENCE_MS = 2000;

/**
 * Does beforehand what the first caller would wait for: compiles the contracts and seeds the template of each pattern in the
 * dialect and with the seed that nobody has to name. It begins once requests are answered, gives way to them between its
 * steps, and what fails in it is tried again when it is needed.
 */
export const warmUp = async (warmable: Warmable): Promise<void> => {
  const { catalogue, edge, templates, log, closing, requests, api } = warmable;
  const rest = (ms: number): Promise<unknown> => delay(ms, undefined, { signal: closing }).catch(() => undefined);
  const giveWay = async (): Promise<void> => {
    const until = performance.now() + PATIENCE_MS;
    do await rest(LOOK_MS);
    while (requests.busy() && performance.now() < until && !closing.aborted);
  };
  const stepsOf = (id: string): (() => Promise<unknown>)[] => {
    const chosen = async () => {
      const pattern = await catalogue.load(id);
      return { pattern, dialect: pattern.manifest.dialects[0] ?? '' };
    };
    return [
      chosen,
      async () => edge.prepare(id, (await chosen()).dialect, FIRST),
      async () => {
        const { pattern, dialect } = await chosen();
        await templates.ensure(pattern, dialect, SEED);
      },
    ];
  };
  const live = catalogue.ids.filter((id) => catalogue.live(id));
  await rest(REST_MS);
  for (const step of [api, ...live.flatMap(stepsOf)]) {
    await giveWay();
    if (closing.aborted) return;
    try {
      await step();
    } catch (err) {
      log.warn({ err }, 'warming up failed');
    }
  }
};
