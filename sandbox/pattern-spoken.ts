import type { Consumer, Ctx, Handler, TimerHandler } from './pattern.ts';

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
