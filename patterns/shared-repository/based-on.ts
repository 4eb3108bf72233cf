import type { Ctx } from '../../sandbox/pattern.ts';

/** A version as the condition of a change: If-Match, or the header that the dialect has for it. */
export const basedOn = ({ dialect }: Pick<Ctx, 'dialect'>, version: string): Readonly<Record<string, string>> => ({
  [dialect.concurrency.header?.toLowerCase() ?? 'if-match']: version,
});
