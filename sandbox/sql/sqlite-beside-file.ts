import { DatabaseSync } from 'node:sqlite';
import type { Migration } from './port.ts';
import { migrate } from './sqlite-migrate.ts';

/** The file of the tables that are kept beside the others: it may be deleted while nobody has the store open. */
export const besideOf = (file: string): string => `${file}-index`;

export const attachBeside = (db: DatabaseSync, file: string): void => {
  db.prepare('attach database ? as beside').run(file);
  db.exec('pragma beside.cache_size = -16000');
};

const statementsOf = (migrations: readonly Migration[]): readonly Migration[] =>
  migrations.flatMap(({ id, beside }) => (beside === undefined ? [] : [{ id, statements: beside.statements }]));

/** Names of the tables that are kept beside the others. */
export const tablesBeside = (migrations: readonly Migration[]): readonly string[] =>
  statementsOf(migrations).flatMap(({ statements }) =>
    statements.flatMap((statement) => /^\s*create\s+table\s+(\w+)/i.exec(statement)?.[1] ?? []),
  );

/** The mark of a file that somebody has open, or had when he died. */
const IN_USE = 1;

/** Makes the file, or brings its schema up to date; says whether it was not closed. */
const prepareFile = (file: string, migrations: readonly Migration[], timeout: number): boolean => {
  const db = new DatabaseSync(file, { timeout });
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    migrate(db, migrations);
    const wasInUse = db.prepare('pragma user_version').get()?.user_version === IN_USE;
    db.exec(`pragma user_version = ${IN_USE}`);
    return wasInUse;
  } finally {
    db.close();
  }
};

/** A store of an earlier release kept them with the others: what comes first in the list of files would be found first. */
const dropFromStore = (db: DatabaseSync, migrations: readonly Migration[]): void => {
  const has = db.prepare('select id from main.migration where id = ?');
  const applied = statementsOf(migrations).filter(({ id }) => has.get(id) !== undefined);
  if (applied.length === 0) return;
  const forget = db.prepare('delete from main.migration where id = ?');
  db.exec('begin immediate');
  for (const table of tablesBeside(migrations)) db.exec(`drop table if exists main.${table}`);
  for (const { id } of applied) forget.run(id);
  db.exec('commit');
};

/** What the loss of power took of the store, and not of this: see `Beside`. The death of a process takes nothing of either. */
const mend = (db: DatabaseSync, migrations: readonly Migration[]): void => {
  db.exec('begin immediate');
  for (const { beside } of migrations) for (const statement of beside?.mend ?? []) db.exec(statement);
  db.exec('commit');
};

export interface BesideFile {
  readonly file: string;
  /** Matches a statement that reads or writes one of its tables. */
  readonly named: RegExp;
  /** To be called when nobody writes it any more. */
  closed(): void;
}

/** Prepares the file and attaches it to the store's writer; undefined where no table is kept beside the others. */
export const openBeside = (
  db: DatabaseSync,
  store: string,
  migrations: readonly Migration[],
  timeout: number,
): BesideFile | undefined => {
  const tables = tablesBeside(migrations);
  if (tables.length === 0) return undefined;
  const file = besideOf(store);
  dropFromStore(db, migrations);
  const wasInUse = prepareFile(file, statementsOf(migrations), timeout);
  attachBeside(db, file);
  // It is made again from the store, so there is no loss in losing the end of it.
  db.exec('pragma beside.synchronous = normal; pragma beside.journal_size_limit = 67108864');
  if (wasInUse) mend(db, migrations);
  return {
    file,
    named: new RegExp(`\\b(?:${tables.join('|')})\\b`),
    closed() {
      try {
        db.exec('pragma beside.user_version = 0');
      } catch {
        // Another process has it: then it is in use.
      }
    },
  };
};
