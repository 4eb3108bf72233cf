import { loadNamed, modulesIn } from './found-by-name.ts';
import type { Hl7Part } from './hl7v2/port.ts';
import type { PatternApp } from './pattern.ts';
import { joinedActs } from './pattern-acts.ts';
import { spokenBy, streamsSpoken } from './pattern-spoken.ts';
import type { OwnWays } from './ways.ts';

/**
 * What a pattern has for one dialect: `patterns/<id>/dialects/<dialect>.ts` exports it as `part`. Its handlers, consumers, timers,
 * acts and stores come beside those of the pattern's `app.ts`, those of one name each in its dialect; its acts, its seed, its
 * examples and its HL7 v2 are for that dialect alone. `ways` are what the pattern's files do otherwise in it. A dialect that has
 * none there is spoken as the pattern's first one. Where a pattern is taken away in one dialect, the others' parts stay here,
 * with what only they import.
 */
export type PatternPart = Partial<Omit<PatternApp, 'waysIn'>> & { readonly ways?: OwnWays };

type Named<T> = Readonly<Record<string, T>>;
type Parts = ReadonlyMap<string, PatternPart>;

/** What several dialects have under one name, each its own: made into one that does as the sandbox speaks. */
type Choose<T> = (name: string, own: ReadonlyMap<string, T>) => T;

const refuse = (what: string, name: string): never => {
  throw new Error(`Two parts of the pattern have the ${what} ${name}`);
};

/** By name what the parts have, before what the pattern has for all; undefined where there is none. */
const joined = <T>(
  what: string,
  [app, parts]: readonly [PatternApp, Parts],
  of: (part: PatternPart) => Named<T> | undefined,
  choose: Choose<T> = (name) => refuse(what, name),
): Named<T> | undefined => {
  const named = new Map<string, Map<string, T>>();
  for (const [dialect, part] of parts)
    for (const [name, value] of Object.entries(of(part) ?? {}))
      named.set(name, (named.get(name) ?? new Map()).set(dialect, value));
  const all = new Map<string, T>();
  for (const [name, own] of named) {
    const [one, ...others] = new Set(own.values());
    if (one !== undefined) all.set(name, others.length === 0 ? one : choose(name, own));
  }
  for (const [name, value] of Object.entries(of(app) ?? {}))
    if (all.has(name) && all.get(name) !== value) refuse(what, name);
    else all.set(name, value);
  return of(app) === undefined && all.size === 0 ? undefined : Object.fromEntries(all);
};

const hl7v2Of = (all: readonly PatternPart[]): Hl7Part | undefined => {
  const [first, second] = new Set(all.flatMap(({ hl7v2 }) => hl7v2 ?? []));
  if (second !== undefined) throw new Error('Two parts of the pattern have each an HL7 v2 of its own');
  return first;
};

/** A pattern with its parts by dialect; those that have none have the part of the first of `dialects`. */
export const withParts = (
  app: PatternApp,
  parts: ReadonlyMap<string, PatternPart>,
  dialects: readonly string[],
): PatternApp => {
  if (parts.size === 0) return app;
  const [usual = ''] = dialects;
  const whole = [app, parts] as const;
  const all: readonly PatternPart[] = [app, ...parts.values()];
  const partIn = (dialect: string): PatternPart => parts.get(dialect) ?? parts.get(usual) ?? {};
  const { handler, timer, consumer } = spokenBy(usual);
  const timers = joined('timer', whole, (one) => one.timers, timer);
  const consumers = joined('consumer', whole, (one) => one.consumers, consumer);
  const worklists = joined('worklist', whole, (one) => one.worklists);
  const streams = streamsSpoken(app.streams, all, partIn);
  const acts = joinedActs(app.acts, partIn, dialects);
  const hl7v2 = hl7v2Of(all);
  const takesHl7 = (dialect: string): boolean => [app, partIn(dialect)].some((one) => one.hl7v2 !== undefined);
  return {
    ...app,
    handlers: joined('handler', whole, (one) => one.handlers, handler) ?? {},
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
    waysIn: (dialect) => partIn(dialect).ways,
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
