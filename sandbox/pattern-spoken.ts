import type { Consumer, Ctx, Handler, TimerHandler } from './pattern.ts';
import type { Streams } from './streams.ts';

/** What a queue is beside who handles it: everywhere the same, for it is one. */
const queueOf = ({ handle: _, ...rest }: Consumer): string =>
  JSON.stringify(rest, (_key, value) => (typeof value === 'function' ? String(value) : value));

/** Of what several dialects have under one name: that of the dialect which the sandbox speaks, or of the usual one. */
export const spokenBy = (usual: string) => {
  const chosen = <T>(name: string, own: ReadonlyMap<string, T>, { dialect }: Ctx): T => {
    const found = own.get(dialect.id) ?? own.get(usual);
    if (found === undefined) throw new Error(`${dialect.id} has no ${name}`);
    return found;
  };
  return {
    handler:
      (name: string, own: ReadonlyMap<string, Handler>): Handler =>
      (call, ctx) =>
        chosen(name, own, ctx)(call, ctx),
    timer:
      (name: string, own: ReadonlyMap<string, TimerHandler>): TimerHandler =>
      (timer, ctx) =>
        chosen(name, own, ctx)(timer, ctx),
    consumer: (name: string, own: ReadonlyMap<string, Consumer>): Consumer => {
      const [first, ...others] = own.values();
      if (first === undefined || others.some((one) => queueOf(one) !== queueOf(first)))
        throw new Error(`The consumer ${name} is not the same queue in every dialect`);
      return { ...first, handle: (message, ctx) => chosen(name, own, ctx).handle(message, ctx) };
    },
  };
};

type Followable = Readonly<Record<string, Streams>>;

/** What can be followed: what the pattern has for all, and beside it what the dialect that is spoken has. */
export const streamsSpoken = (
  shared: Followable | undefined,
  all: readonly { readonly streams?: Followable }[],
  partIn: (dialect: string) => { readonly streams?: Followable },
): Followable | undefined => {
  const participants = new Set(all.flatMap(({ streams = {} }) => Object.keys(streams)));
  if (participants.size === 0) return undefined;
  return Object.fromEntries(
    [...participants].map((name): [string, Streams] => [
      name,
      async (ctx) => [
        ...((await shared?.[name]?.(ctx)) ?? []),
        ...((await partIn(ctx.dialect.id).streams?.[name]?.(ctx)) ?? []),
      ],
    ]),
  );
};
