import { testBroker } from '../../../sandbox/broker/broker.test-data.ts';
import { type Config, readConfig } from '../../../sandbox/config.ts';
import { testStore } from '../../../sandbox/sql/store.test-data.ts';
import { type Catalogue, openCatalogue } from '../../catalogue.ts';
import { type RunningService, type StartOptions, startService } from '../../main.ts';

/** This package's catalogue, in which only the test's own patterns can be run. */
export const echoCatalogue = async (): Promise<Catalogue> => {
  const [own, echo] = await Promise.all([openCatalogue(), openCatalogue(new URL('./catalogue/', import.meta.url))]);
  const of = (id: string): Catalogue => (own.ids.includes(id) ? own : echo);
  return {
    ...own,
    ids: [...echo.ids, ...own.ids],
    live: (id) => echo.ids.includes(id) && echo.live(id),
    manifest: (id) => of(id).manifest(id),
    app: (id) => echo.app(id),
    load: (id) => echo.load(id),
    dialects: (id) => of(id).dialects(id),
    requirements: (id) => of(id).requirements(id),
    scenarios: (id) => of(id).scenarios(id),
  };
};

export const echoConfig = async (more: Partial<Config> = {}): Promise<Config> => {
  const storeUrl = more.storeUrl ?? (await testStore());
  return { ...readConfig({ PORT: '0', LOG_LEVEL: 'silent' }), storeUrl, ...(await testBroker(storeUrl)), ...more };
};

export const startEcho = async (config: Partial<Config> = {}, options: StartOptions = {}): Promise<RunningService> =>
  startService(await echoConfig(config), { catalogue: await echoCatalogue(), ...options });

/** CreatedSandbox of openapi/service.yaml, as far as tests read it. */
export interface Made {
  readonly id: string;
  readonly key: string;
  readonly dialect: string;
  readonly expiresAt: string;
  readonly decision?: string;
  readonly endpoints: readonly {
    participant: string;
    url: string;
    credential?: string;
    protocol: string;
    note?: string;
  }[];
  readonly participants: readonly { name: string; mode: string; url?: string; acts: readonly { id: string }[] }[];
  readonly clock: { now: string; speed: number; nextTimer?: string };
  readonly examples?: readonly { value: string; note?: string }[];
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly cursor: string;
  readonly operation?: string;
  readonly summary?: string;
  readonly note?: string;
  readonly milliseconds?: number;
  readonly request?: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> };
  readonly reply?: { readonly status?: number; readonly body?: string };
}

export interface Refusal {
  readonly type: string;
  readonly detail: string;
  readonly errors: readonly { detail: string; at?: string }[];
}
