import type { ExchangeStart } from './journal.ts';
import type { Sql, Tx } from './sql/port.ts';

/** Writes what an effect is caused by into its transaction. */
export interface Beginning {
  begin(tx: Tx, start: ExchangeStart): Promise<unknown>;
  /** The same, and takes along the next number of the sandbox's sequence, which it returns: most effects want one. */
  beginSparing?(tx: Tx, start: ExchangeStart): Promise<number>;
}

/**
 * One exchange on its way into the journal. Its request half is written in the first transaction that it sets off, so that
 * an effect is never without its cause (rules 3); where it sets off none, it is written as a whole at the end.
 */
export class Recording {
  readonly #journal: Beginning;
  readonly #start: () => ExchangeStart;
  #first: Promise<unknown> | undefined;
  #spare: { readonly tx: Tx; readonly number: number } | undefined;
  #begun = false;

  /** `start` is asked when the request half is written: until then the sender may not be known. */
  constructor(journal: Beginning, start: () => ExchangeStart) {
    this.#journal = journal;
    this.#start = start;
  }

  /** Whether the request half is written, and durable. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Runs the body in a transaction; the first also holds the request half. One that fails leaves that to the next. */
  async transaction<T>(sql: Sql, body: (tx: Tx) => Promise<T>): Promise<T> {
    while (!this.#begun) {
      const before = this.#first;
      if (before === undefined) return this.#begin(sql, body);
      await before;
    }
    return sql.transaction(body, this.#start().serial);
  }

  /** The number that was taken along in this transaction; given once, for it is the least that is left in it. */
  takeSpare(tx: Tx): number | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.tx === tx ? spare.number : undefined;
  }

  async #begin<T>(sql: Sql, body: (tx: Tx) => Promise<T>): Promise<T> {
    const journal = this.#journal;
    const start = this.#start();
    const run = sql.transaction(async (tx) => {
      if (journal.beginSparing === undefined) await journal.begin(tx, start);
      else this.#spare = { tx, number: await journal.beginSparing(tx, start) };
      return body(tx);
    }, start.serial);
    this.#first = run.then(
      () => {
        this.#begun = true;
      },
      () => {
        this.#first = undefined;
      },
    );
    const result = await run;
    await this.#first;
    return result;
  }
}
