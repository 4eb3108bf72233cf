import type { ExchangeEnd, ExchangeStart, Spared } from './journal.ts';
import type { Sql, Tx } from './sql/port.ts';

/** Writes what an effect is caused by into its transaction. */
export interface Beginning {
  begin(tx: Tx, start: ExchangeStart): Promise<unknown>;
  /** The same, and takes along the next number of the sandbox's sequence, which it returns: most effects want one. */
  beginSparing?(tx: Tx, start: ExchangeStart, end?: () => ExchangeEnd): Promise<Spared>;
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

  /** Runs the body in a transaction; the first also holds the request half. One that fails leaves that to the next. */
  transaction<T>(sql: Pick<Sql, 'transaction'>, body: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#begun) return sql.transaction(body, this.#start().serial);
    // What waited for the first tries again: it may have failed.
    return this.#first?.then(() => this.transaction(sql, body)) ?? this.#begin(sql, body);
  }

  /** The number that was taken along in this transaction; given once, for it is the least that is left in it. */
  takeSpare(tx: Tx): number | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.tx === tx ? spare.number : undefined;
  }

  #begin<T>(sql: Pick<Sql, 'transaction'>, body: (tx: Tx) => Promise<T>): Promise<T> {
    const journal = this.#journal;
    const start = this.#start();
    const end = this.#end;
    this.#end = undefined;
    let whole: number | undefined;
    const run = sql.transaction(async (tx) => {
      if (journal.beginSparing === undefined) await journal.begin(tx, start);
      else {
        const spared = await journal.beginSparing(tx, start, end);
        this.#spare = { tx, number: spared.number };
        whole = spared.whole;
      }
      // A promise that is returned and not awaited costs three turns of the queue, and not one; also below.
      return await body(tx);
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
