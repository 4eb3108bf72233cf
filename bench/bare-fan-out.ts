import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

export interface FanOut {
  /** Takes in one event and brings it to each subscriber, whose effect is kept. */
  publish(body: string): void;
  close(): void;
}

/**
 * The same by hand, as durable, and as fast as it can be done: the event becomes a row for each subscriber in one transaction,
 * and all of them are read, handled with an effect and marked in another. No broker, no journal, no turns.
 */
export const bareFanOut = (file: string, subscribers: number): FanOut => {
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 16000');
  db.exec('create table delivery (id text primary key, subscriber integer not null, body blob not null, done integer)');
  db.exec('create index delivery_open on delivery (subscriber) where done = 0');
  db.exec('create table thing (store integer, id text, primary key (store, id))');
  const accept = db.prepare('insert into delivery (id, subscriber, body, done) values (?, ?, ?, 0)');
  const open = db.prepare('select id, subscriber, body from delivery where done = 0');
  const handle = db.prepare('insert into thing (store, id) values (?, ?)');
  const done = db.prepare('update delivery set done = 1 where id = ?');
  const inOne = (work: () => void): void => {
    db.exec('begin immediate');
    work();
    db.exec('commit');
  };
  return {
    publish(body) {
      inOne(() => {
        for (let n = 0; n < subscribers; n += 1) accept.run(randomUUID(), n, Buffer.from(body));
      });
      inOne(() => {
        for (const { id, subscriber } of open.all()) {
          handle.run(subscriber ?? null, id ?? null);
          done.run(id ?? null);
        }
      });
    },
    close: () => db.close(),
  };
};
