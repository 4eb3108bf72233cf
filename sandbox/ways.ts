import type { LoadedDialect } from './http/host.ts';
import type { Ctx, PatternApp } from './pattern.ts';

/** What a dialect's part says of ways; only who asked for them can read it. */
export interface OwnWays {
  readonly ownWays: true;
}

/** What a pattern does otherwise where it is spoken otherwise: a record of values and functions, the plain pattern's first. */
export interface Ways<T> {
  /** For the part of a dialect (`PatternPart.ways`): what it leaves out is as in the plain pattern. */
  own(ways: Partial<T>): OwnWays;
  /** Those of the dialect that is spoken. */
  in(where: Pick<Ctx, 'dialect'>): T;
}

/**
 * So that what dialects share names none of them: it asks `in(ctx)`, and `dialects/<dialect>.ts` says what is otherwise there.
 * A pattern has one such record.
 */
export const waysOf = <T extends object>(plain: T): Ways<T> => {
  const known = new WeakMap<OwnWays, T>();
  return {
    own: (ways) => {
      const own: OwnWays = { ownWays: true };
      known.set(own, { ...plain, ...ways });
      return own;
    },
    in: ({ dialect }) => (dialect.ways && known.get(dialect.ways)) ?? plain,
  };
};

/** A dialect as this pattern speaks it. */
export const inWaysOf = ({ waysIn }: Pick<PatternApp, 'waysIn'>, loaded: LoadedDialect): LoadedDialect => {
  const ways = waysIn?.(loaded.dialect.id);
  return ways === undefined ? loaded : { ...loaded, dialect: { ...loaded.dialect, ways } };
};
