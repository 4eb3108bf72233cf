/** What may be bound or read: booleans are 0/1, times are milliseconds since the epoch, JSON is text (rules 1). */
export type SqlValue = string | number | null | Uint8Array;
export type Row = Record<string, SqlValue>;

export interface Reader {
  /** SQL in the subset both drivers speak, parameters written `$1`, `$2`, … */
  query<R extends object = Row>(sql: string, params?: readonly SqlValue[]): Promise<R[]>;
  /** Optional, outside a transaction, where a query waits for nobody: the same, but for the promise. */
  atOnce?<R extends object = Row>(sql: string, params?: readonly SqlValue[]): R[];
  /**
   * Optional, outside a transaction and where it pays: gives `input` to the program `thread` (beside-thread.ts), which works
   * in a thread of its own, reads what is committed and writes only tables that are kept beside the others (`Migration`).
   * Gives its answer once what it wrote can be read here; rejects where the thread fails or has died, so that whoever needs
   * the work does it himself.
   */
  beside?(thread: URL, input: number): Promise<number>;
}

/** The inside of a transaction. It may be run again, so a body has no effect but through it, and awaits nothing else. */
export interface Tx extends Reader {
  /**
   * Optional: the same object for as long as bodies are committed together or not at all, and none of them has written to the
   * table, but for updates of the one column that is excepted (`sandbox.seq`). What one has worked out from it is then good
   * for the next.
   */
  together?(table: string, except: string): object | undefined;
  /**
   * Optional: the same beyond the commit: for as long as everything is committed, by this process and no other, and nothing
   * has written to the table, but for updates of that one column.
   */
  lasting?(table: string, except: string): object | undefined;
}

/** What a driver offers a body besides queries. */
export type Shared = Pick<Tx, 'together' | 'lasting'>;

/** The store. `query` is read-only; every write goes through `transaction`, which answers only once it is durable. */
export interface Sql extends Reader {
  /**
   * Bodies that share a lane write one row (the counter of a sandbox, whose serial is its lane): a driver that runs bodies
   * side by side runs those one after another.
   */
  transaction<T>(body: (tx: Tx) => Promise<T>, lanes?: number | readonly number[]): Promise<T>;
  /**
   * Optional, where bodies run side by side: a transaction that shares out rows. Each statement sees what is committed when
   * it begins, and may end in `for update skip locked`, which passes over rows that another body has taken.
   */
  claim?<T>(body: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Optional, where it is cheap to know: a number that changes with every commit, whoever made it. What was read may be
   * used again for as long as it stays the same.
   */
  version?(): number;
  /**
   * Optional, beside `version`: a number that changes with every commit that wrote to one of these tables, or may have; what
   * is excepted (`sandbox.seq`) is an update of that one column. So what is hardly ever changed can be kept while much is.
   */
  watch?(tables: readonly string[], except?: readonly string[]): () => number;
  /**
   * Optional, where other nodes share the store: calls `heard` with what one of them says about a topic, and with nothing
   * when words may have been missed. Words are hints to look at once at rows that are looked at anyway, later. Returns how
   * to stop.
   */
  listen?(topic: string, heard: (what: string | undefined) => void): () => void;
  /** Optional: tells the other nodes; to be called after what it is about was committed. May be lost. */
  notify?(topic: string, what: string): void;
  /** Idempotent; waits for what is in flight. */
  close(): Promise<void>;
}

/** One step of the schema. `id` is unique for ever (`fhir-1`); a migration that has run is never edited. */
export interface Migration {
  readonly id: string;
  readonly statements: readonly string[];
  /** Given for tables that can be made again from the others, as an index can. */
  readonly beside?: Beside;
}

/**
 * How a driver may keep such tables in a file of their own, which one can write while somebody else writes the rest. Then
 * these statements are run there, and those of the migration nowhere.
 */
export interface Beside {
  readonly statements: readonly string[];
  /** Run after the power was lost: removes what is ahead of the other tables, of which more was lost. */
  readonly mend?: readonly string[];
}

/** A driver opens `STORE_URL` and brings the schema up to date; the scheme of the URL is the driver's file name. */
export type OpenSql = (url: string, migrations: readonly Migration[]) => Promise<Sql>;
