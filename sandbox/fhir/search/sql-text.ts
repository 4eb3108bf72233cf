import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { spaceOf } from '../../space.ts';
import type { SqlValue } from '../../sql/port.ts';
import { typeIndex } from '../definitions/types.ts';

/** SQLite binds 32,766 at most, PostgreSQL 65,535. */
const BOUND_MAX = 32_000;

/**
 * Ends what stands in an EXISTS: PostgreSQL would make a join of it, and read all that meets the condition for each resource
 * that is tested, where one look-up by its `rk` is meant. What has an OFFSET is left as it is written.
 */
export const APART = ' limit 1 offset 0';

/** A statement as it is put together: its parameters, and names that no other part of it uses. */
export class SqlText {
  readonly params: SqlValue[] = [];
  readonly #store: number;
  #aliases = 0;

  constructor(store: number) {
    this.#store = store;
  }

  bind(value: SqlValue): string {
    if (this.params.length >= BOUND_MAX)
      throw problem(
        INVALID_PARAMETER,
        'The parameters name too many values together; ask for them in several searches',
      );
    this.params.push(value);
    return `$${this.params.length}`;
  }

  bindAll(values: readonly SqlValue[]): string {
    return values.map((value) => this.bind(value)).join(', ');
  }

  /** The space of a resource type in the store that is searched. */
  space(type: string): string {
    return this.bind(spaceOf(this.#store, typeIndex(type) ?? -1));
  }

  alias(): string {
    this.#aliases += 1;
    return `a${this.#aliases}`;
  }
}
