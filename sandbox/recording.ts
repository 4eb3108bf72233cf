import type { ExchangeEnd, ExchangeStart } from './journal.ts';
import type { Sql, Tx } from './sql/port.ts';

/** Writes what an effect is caused by into its transaction. */
export interface Beginning {
  begin(tx: Tx, start: ExchangeStart): Promise<unknown>;
  /** Its number before it is begun; with it the next of the sandbox's sequence is taken along: most effects want one. */
  reserve?(tx: Tx, start: ExchangeStart): Promise<number>;
  /** Begins under that number, with its end where that is known; the bytes of the whole if it is that. */
  beginReserved?(tx: Tx, number: number, start: ExchangeStart, end?: () => ExchangeEnd): Promise<number | undefined>;
  /** What was begun with its end is committed. */
  wrote?(start: ExchangeStart, bytes: number): void;
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
  #end: (() => ExchangeEnd) | undefined;
  #whole = false;
  /** Of the whole that was written in the belief that it will end so. */
  #believed: number | undefined;

  /** `start` is asked when the request half is written: until then the sender may not be known. */
  constructor(journal: Beginning, start: () => ExchangeStart) {
    this.#journal = journal;
    this.#start = start;
  }

  /** Whether the request half is written, and durable. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the end was written with it, so that nothing is left to be finished. */
  get whole(): boolean {
    return this.#whole;
  }

  /** How it will end if the next transaction is committed; asked in that. A row a message, then, in place of two writes. */
  endsWith(end: () => ExchangeEnd): void {
    this.#end = end;
  }

  /**
   * Runs the body in a transaction; the first also holds the request half. One that fails leaves that to the next. `ends` says
   * how it will end after what the body gave; then it is written with that, and `conclude` has to be asked.
   */
  transaction<T>(
    sql: Pick<Sql, 'transaction'>,
    body: (tx: Tx) => Promise<T>,
    ends?: (value: T) => ExchangeEnd | undefined,
  ): Promise<T> {
    if (this.#begun) return sql.transaction(body, this.#start().serial);
    // What waited for the first tries again: it may have failed.
    return this.#first?.then(() => this.transaction(sql, body, ends)) ?? this.#begin(sql, body, ends);
  }

  /** To be called when it has ended as it was to; false where it was not written so, and has yet to be finished. */
  conclude(): boolean {
    const bytes = this.#believed;
    if (bytes === undefined || !this.#begun) return false;
    this.#journal.wrote?.(this.#start(), bytes);
    return true;
  }

  /** The number that was taken along in this transaction; given once, for it is the least that is left in it. */
  takeSpare(tx: Tx): number | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.tx === tx ? spare.number : undefined;
  }

  #begin<T>(
    sql: Pick<Sql, 'transaction'>,
    body: (tx: Tx) => Promise<T>,
    ends: ((value: T) => ExchangeEnd | undefined) | undefined,
  ): Promise<T> {
    const journal = this.#journal;
    const start = this.#start();
    const end = this.#end;
    this.#end = undefined;
    this.#believed = undefined;
    let whole: number | undefined;
    const run = sql.transaction(async (tx) => {
      if (journal.reserve === undefined) {
        await journal.begin(tx, start);
        return await body(tx);
      }
      const number = await journal.reserve(tx, start);
      this.#spare = { tx, number: number + 1 };
      if (ends === undefined) {
        whole = await journal.beginReserved?.(tx, number, start, end);
        // A promise that is returned and not awaited costs three turns of the queue, and not one; also below.
        return await body(tx);
      }
      const value = await body(tx);
      const known = ends(value);
      this.#believed = await journal.beginReserved?.(tx, number, start, known && (() => known));
      return value;
    }, start.serial);
    this.#first = run.then(
      () => {
        this.#begun = true;
        if (whole === undefined) return;
        this.#whole = true;
        journal.wrote?.(start, whole);
      },
      () => {
        this.#first = undefined;
      },
    );
    // Whoever waits for it comes after what was said above.
    return run;
  }
}
