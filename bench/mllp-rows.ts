import { DatabaseSync } from 'node:sqlite';
import { hospitalPattern } from '../sandbox/hl7v2/hospital.test-data.ts';
import { coreMigrations } from '../sandbox/schema.ts';
import { openSql } from '../sandbox/sql/open.ts';

const REPLY = Buffer.from(
  'MSH|^~\\&|ROUTE|TIE|PAS|RCB|20260101101418.123+0000||ACK^A01^ACK|9E3779B100112233AABB|P|2.4\rMSA|AA|1-1\r',
);
const EXCHANGE =
  'serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed, operation, summary, milliseconds';
const HALVES = 'request, request_body, reply, reply_body';

/** CPU microseconds of a message whose rows are committed with those of so many others. */
export interface Written {
  readonly perSecond: number;
  readonly cpu: number;
}

/**
 * The three rows of a message (what it changed, the kept reply, the exchange in the journal) by SQLite alone, with a commit
 * for each `group`: no socket, no HL7 v2, nothing that is ours but the tables. What is kept of a message costs this much.
 */
export const writeRows = async (file: string, group: number, seconds: number, message: Buffer): Promise<Written> => {
  const own = (hospitalPattern.app.stores ?? []).flatMap(({ migrations }) => migrations);
  await (await openSql(`sqlite:${file}`, [...coreMigrations, ...own])).close();
  const db = new DatabaseSync(file);
  db.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 16000; pragma cache_size = -16000');
  const [begin, commit] = [db.prepare('begin immediate'), db.prepare('commit')];
  const values = `values (1, ?1, ?1, ?2, 'mllp', ?3, ?3, 'unknown', 'register', 1, 'ADT^A01', ?4, 1.25, ?5, ?6, ?7, ?8)`;
  const exchange = db.prepare(`insert into exchange (${EXCHANGE}, ${HALVES}) ${values}`);
  const reply = db.prepare(
    `insert into kept_reply (serial, participant, sender, id, fingerprint, status, headers, body)
     values (1, 'register', '["PAS","RCB"]', ?1, 'accepted', 200, '{"code":"AA"}', ?2)`,
  );
  const admission = db.prepare(
    `insert into admission (store, number, name, sender, times) values (1, '9000000009', 'SMITH', 'unknown', 1)
     on conflict (store, number) do update set times = admission.times + 1 returning times`,
  );
  const request = JSON.stringify({ url: 'mllp://127.0.0.1:40000', headers: {}, size: message.length });
  const replied = JSON.stringify({ headers: {}, size: REPLY.length });
  let count = 0;
  const write = (): void => {
    count += 1;
    const id = `0199f0c2-5b1e-7000-a000-${String(count).padStart(12, '0')}`;
    reply.all(JSON.stringify(`1-${count}`), REPLY);
    admission.all();
    exchange.all(count, id, Date.now(), `ADT^A01 1-${count} → AA`, request, message, replied, REPLY);
  };
  const run = (milliseconds: number): Written => {
    const [from, before, began] = [count, process.cpuUsage(), performance.now()];
    while (performance.now() - began < milliseconds) {
      begin.run();
      for (let n = 0; n < group; n += 1) write();
      commit.run();
    }
    const { user, system } = process.cpuUsage(before);
    const done = count - from;
    return { perSecond: (done * 1000) / (performance.now() - began), cpu: (user + system) / done };
  };
  run(300);
  const written = run(seconds * 1000);
  db.close();
  return written;
};
