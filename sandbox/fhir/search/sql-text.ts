import { spaceOf } from '../../space.ts';
import type { SqlValue } from '../../sql/port.ts';
import { typeIndex } from '../definitions/types.ts';

/** A statement as it is put together: its parameters, and names that no other part of it uses. */
export class SqlText {
  readonly params: SqlValue[] = [];
  readonly #store: number;
  #aliases = 0;

  constructor(store: number) {
    this.#store = store;
  }

  bind(value: SqlValue): string {
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
