import { loadNamed, modulesIn } from './found-by-name.ts';
import type { Hl7Part } from './hl7v2/port.ts';
import type { Consumer, PatternApp } from './pattern.ts';

/**
 * What a pattern has for one dialect: `patterns/<id>/dialects/<dialect>.ts` exports it as `part`. Its handlers, consumers, timers,
 * acts and stores come beside those of the pattern's `app.ts` (a queue that two dialects have is one, each with its own consumer); its seed, its examples and its HL7 v2 are for that dialect alone. A
 * dialect that has none there is spoken as the pattern's first one. Where a pattern is taken away in one dialect, the others'
 * parts stay here, with what only they import.
 */
export type PatternPart = Partial<PatternApp>;

type Named<T> = Readonly<Record<string, T>>;

/** Two parts may share a thing, and may not have two of one name; undefined where none has any. */
const joined = <T>(what: string, records: readonly (Named<T> | undefined)[]): Named<T> | undefined => {
  if (records.every((record) => record === undefined)) return undefined;
  const all = new Map<string, T>();
  for (const [name, value] of records.flatMap((record) => Object.entries(record ?? {}))) {
    if (all.has(name) && all.get(name) !== value) throw new Error(`Two parts of the pattern have the ${what} ${name}`);
    all.set(name, value);
  }
  return Object.fromEntries(all);
};

/** A consumer that several dialects have, each its own: it is one queue, and what is in it is handled as the sandbox speaks. */
const spokenConsumer = (name: string, own: ReadonlyMap<string, Consumer>, usual: string): Consumer => {
  const [first, ...others] = own.values();
  if (first === undefined) throw new Error(`Nobody handles ${name}`);
  const said = ({ handle: _, ...rest }: Consumer): string =>
    JSON.stringify(rest, (_key, value) => (typeof value === 'function' ? String(value) : value));
  if (others.some((one) => said(one) !== said(first)))
    throw new Error(`The consumer ${name} is not the same queue in every dialect`);
  return {
    ...first,
    handle: async (message, ctx) => (own.get(ctx.dialect.id) ?? own.get(usual))?.handle(message, ctx),
  };
};

const joinedConsumers = (
  app: PatternApp,
  parts: ReadonlyMap<string, PatternPart>,
  usual: string,
): PatternApp['consumers'] => {
  const names = new Set([...parts.values()].flatMap(({ consumers = {} }) => Object.keys(consumers)));
  const spoken: Record<string, Consumer> = {};
  for (const name of names) {
    const own = new Map(
      [...parts].flatMap(([dialect, { consumers = {} }]) =>
        consumers[name] === undefined ? [] : [[dialect, consumers[name]] as const],
      ),
    );
    const [one, another] = new Set(own.values());
    if (one !== undefined) spoken[name] = another === undefined ? one : spokenConsumer(name, own, usual);
  }
  return joined('consumer', [app.consumers, names.size === 0 ? undefined : spoken]);
};

const joinedActs = (records: readonly (PatternApp['acts'] | undefined)[]): PatternApp['acts'] => {
  if (records.every((record) => record === undefined)) return undefined;
  const participants = new Set(records.flatMap((record) => Object.keys(record ?? {})));
  return Object.fromEntries(
    [...participants].map((name) => [
      name,
      joined(
        'act',
        records.map((record) => record?.[name]),
      ) ?? {},
    ]),
  );
};

const hl7v2Of = (all: readonly PatternPart[]): Hl7Part | undefined => {
  const [first, second] = new Set(all.flatMap(({ hl7v2 }) => hl7v2 ?? []));
  if (second !== undefined) throw new Error('Two parts of the pattern have each an HL7 v2 of its own');
  return first;
};

/** A pattern with its parts by dialect; `usual` is the dialect whose part those have that have none. */
export const withParts = (
  app: PatternApp,
  parts: ReadonlyMap<string, PatternPart>,
  usual: string | undefined,
): PatternApp => {
  if (parts.size === 0) return app;
  // What a way of speaking has of its own stands first on a page.
  const all: readonly PatternPart[] = [...parts.values(), app];
  const partIn = (dialect: string): PatternPart => parts.get(dialect) ?? parts.get(usual ?? '') ?? {};
  const timers = joined(
    'timer',
    all.map((one) => one.timers),
  );
  const consumers = joinedConsumers(app, parts, usual ?? '');
  const worklists = joined(
    'worklist',
    all.map((one) => one.worklists),
  );
  const streams = joined(
    'stream',
    all.map((one) => one.streams),
  );
  const acts = joinedActs(all.map((one) => one.acts));
  const hl7v2 = hl7v2Of(all);
  const takesHl7 = (dialect: string): boolean => [app, partIn(dialect)].some((one) => one.hl7v2 !== undefined);
  return {
    ...app,
    handlers:
      joined(
        'handler',
        all.map((one) => one.handlers),
      ) ?? {},
    ...(timers && { timers }),
    ...(consumers && { consumers }),
    ...(worklists && { worklists }),
    ...(streams && { streams }),
    ...(acts && { acts }),
    ...(hl7v2 && {
      hl7v2: { ...hl7v2, participantsIn: (dialect) => (takesHl7(dialect) ? hl7v2.participantsIn(dialect) : []) },
    }),
    stores: [...new Set(all.flatMap(({ stores = [] }) => stores))],
    seed: async (ctx, options) => {
      await app.seed?.(ctx, options);
      await partIn(ctx.dialect.id).seed?.(ctx, options);
    },
    examples: async (dialect, options) => [
      ...((await partIn(dialect).examples?.(dialect, options)) ?? []),
      ...((await app.examples?.(dialect, options)) ?? []),
    ],
  };
};

/** The parts in a folder, by dialect. Throws where a file there exports none. */
export const loadParts = async (folder: URL): Promise<ReadonlyMap<string, PatternPart>> => {
  const parts = new Map<string, PatternPart>();
  for (const name of modulesIn(folder)) {
    const part = (await loadNamed(folder, name))?.part;
    if (typeof part !== 'object' || part === null) throw new TypeError(`${folder.pathname}${name}.ts exports no part`);
    parts.set(name, part);
  }
  return parts;
};
