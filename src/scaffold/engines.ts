import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { modulesIn } from '../../sandbox/found-by-name.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import type { Ask } from './ask.ts';

/** What a project can run on: a driver, and what `<driver>.yaml` beside it says. */
export interface Engine {
  /** The name of the driver, and the scheme of its URL. */
  readonly id: string;
  readonly title: string;
  /** As a project finds it on this machine; `{pattern}` stands for the project's own name. */
  readonly url: string;
  /** Services of a compose file; absent where the engine is part of the process. */
  readonly compose?: Readonly<Record<string, object>>;
}

const FOLDERS = { store: 'sandbox/sql/', broker: 'sandbox/broker/' } as const;
export type EngineKind = keyof typeof FOLDERS;

/** The names of the drivers of a kind that a project can be made for, sorted: what has a file that says how. */
export const engineNames = (root: URL, kind: EngineKind): readonly string[] => {
  const folder = new URL(FOLDERS[kind], root);
  return modulesIn(folder).filter((name) => existsSync(new URL(`${name}.yaml`, folder)));
};

/** The drivers of a kind, what is part of the process first: without a choice it is taken. */
export const enginesOf = (root: URL, kind: EngineKind): readonly Engine[] =>
  engineNames(root, kind)
    .map((id): Engine => {
      const said: Omit<Engine, 'id'> = parse(readFileSync(new URL(`${FOLDERS[kind]}${id}.yaml`, root), 'utf8'));
      return { id, ...said };
    })
    .toSorted((a, b) => Number(a.compose !== undefined) - Number(b.compose !== undefined));

/** The one that is asked for, or the first. Throws BAD_REQUEST, with those that there are. */
export const engineFor = (root: URL, kind: EngineKind, asked: string | undefined): Engine => {
  const all = enginesOf(root, kind);
  const found = asked === undefined ? all[0] : all.find(({ id }) => id === asked);
  if (found !== undefined) return found;
  throw problem(BAD_REQUEST, `There is no ${kind} ${asked}; there are ${all.map(({ id }) => id).join(', ')}`, {
    at: kind,
  });
};

/** The file of its driver. */
export const driverOf = (kind: EngineKind, { id }: Engine): string => `${FOLDERS[kind]}${id}.ts`;

/** The embedded drivers: on those a project's tests run, and it judges itself. */
export const embeddedDrivers = (root: URL): readonly string[] =>
  (['store', 'broker'] as const).map((kind) => driverOf(kind, engineFor(root, kind, undefined)));

export const usesEngines = ({ store, broker }: Ask): boolean =>
  store.compose !== undefined || broker.compose !== undefined;

const environment = ({ pattern, store, broker }: Ask): string =>
  `# Where the engines of compose.yaml are. They listen on loopback alone, and their password is no secret: others need others.
STORE_URL=${store.url.replace('{pattern}', pattern)}
BROKER_URL=${broker.url.replace('{pattern}', pattern)}
`;

/** Compose file and settings for real engines; nothing for the embedded ones. */
export const engines = (ask: Ask): Readonly<Record<string, string>> => {
  if (!usesEngines(ask)) return {};
  const services = { ...ask.store.compose, ...ask.broker.compose };
  return { 'compose.yaml': stringify({ services }, { aliasDuplicateObjects: false }), '.env': environment(ask) };
};
