import type { Act, Ctx, PatternApp } from './pattern.ts';

type Acts = NonNullable<PatternApp['acts']>;

const wordsOf = ({ title, summary, input }: Act): string => JSON.stringify([title, summary, input]);

/** One act of several dialects: asked for everywhere in the same words, and done as the sandbox speaks. */
const actOf = (name: string, own: ReadonlyMap<string, Act>): Act => {
  const [first, ...others] = new Set(own.values());
  if (first === undefined || others.some((one) => wordsOf(one) !== wordsOf(first)))
    throw new Error(`The act ${name} is not asked for in the same words in every dialect`);
  const chosen = ({ dialect }: Ctx): Act => own.get(dialect.id) ?? first;
  return {
    ...first,
    dialects: [...own.keys()],
    ...(others.length > 0 && { run: (input: Parameters<Act['run']>[0], ctx: Ctx) => chosen(ctx).run(input, ctx) }),
  };
};

/** The acts of the parts, each in its dialects, before those of the pattern; undefined where there are none. */
export const joinedActs = (
  app: Acts | undefined,
  partIn: (dialect: string) => Pick<PatternApp, 'acts'>,
  dialects: readonly string[],
): Acts | undefined => {
  const byDialect = dialects.map((dialect) => [dialect, partIn(dialect).acts ?? {}] as const);
  const all: readonly Acts[] = [...byDialect.map(([, acts]) => acts), app ?? {}];
  const participants = [...new Set(all.flatMap((acts) => Object.keys(acts)))];
  if (participants.length === 0) return app;
  const joined = participants.map((participant): [string, Readonly<Record<string, Act>>] => {
    const shared = app?.[participant] ?? {};
    const own = new Map<string, Map<string, Act>>();
    for (const [dialect, acts] of byDialect)
      for (const [name, act] of Object.entries(acts[participant] ?? {})) {
        if (Object.hasOwn(shared, name)) throw new Error(`Two parts of the pattern have the act ${name}`);
        own.set(name, (own.get(name) ?? new Map()).set(dialect, act));
      }
    return [participant, { ...Object.fromEntries([...own].map(([name, by]) => [name, actOf(name, by)])), ...shared }];
  });
  return Object.fromEntries(joined);
};
