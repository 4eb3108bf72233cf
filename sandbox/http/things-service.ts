import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createJournal, type ExchangeView } from '../journal.ts';
import { PostRoom } from '../messages/post-room.ts';
import { coreMigrations } from '../schema.ts';
import { openSql } from '../sql/open.ts';
import type { SqlValue } from '../sql/port.ts';
import { testStore } from '../sql/store.test-data.ts';
import { sandboxEdge } from './edge.ts';
import type { Host } from './host.ts';
import { Injector } from './injector.ts';
import { thingMigrations, thingsPattern } from './things-pattern.ts';

export interface Seat {
  readonly mode?: 'simulated' | 'external' | 'stopped';
  readonly url?: string;
  readonly credential?: string;
}

export interface ThingsService {
  readonly host: Host;
  readonly url: string;
  readonly logged: unknown[];
  /** Makes a sandbox and gives its base URL; credentials are `fp_<id>_<participant>`. */
  create(
    id: string,
    options?: { dialect?: string; auth?: string; seats?: Record<string, Seat>; expires?: number },
  ): Promise<string>;
  /** All that the journal holds of a sandbox, in order. */
  exchanges(id: string): Promise<ExchangeView[]>;
  close(): Promise<void>;
}

/** For tests: the pattern of things served on a free port, over an embedded store. */
export const startThings = async (overrides: Partial<Host> = {}): Promise<ThingsService> => {
  const sql = await openSql(await testStore(), [...coreMigrations, ...thingMigrations]);
  const journal = createJournal({ sql });
  const logged: unknown[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host: Host = {
    sql,
    journal,
    log: { error: (fields) => logged.push(fields), warn: (fields) => logged.push(fields) },
    publicUrl: () => url,
    allowRealNhsNumbers: false,
    outboundAllow: [],
    listensOnLoopbackOnly: true,
    pattern: async () => thingsPattern,
    injector: new Injector(),
    messages: new PostRoom(),
    now: Date.now,
    ...overrides,
  };
  const app = express();
  app.use('/sandboxes', sandboxEdge(host));
  server.on('request', app);
  const serials = new Map<string, number>();
  return {
    host,
    url,
    logged,
    create: async (id, { dialect = 'lax', auth = 'none', seats = {}, expires = Date.now() + 3_600_000 } = {}) => {
      const serial = serials.size + 1;
      serials.set(id, serial);
      await sql.transaction(async (tx) => {
        const now = Date.now();
        await tx.query(
          `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
             clock_base, clock_anchor_real, clock_speed)
           values ($1, 'things', $2, $3, 1, 1, $4, $5, $6, 0, $5, $5, 1)`,
          [id, dialect, auth, serial, now, expires],
        );
        for (const [position, { name }] of thingsPattern.manifest.participants.entries()) {
          const seat = seats[name] ?? {};
          const row: SqlValue[] = [id, name, position, seat.mode ?? 'simulated', seat.url ?? null];
          await tx.query(
            `insert into participant (sandbox, name, position, mode, url, credential, outbound_credential)
             values ($1, $2, $3, $4, $5, $6, $7)`,
            [...row, `fp_${id}_${name}`, seat.credential ?? null],
          );
        }
      });
      return `${url}/sandboxes/${id}`;
    },
    exchanges: async (id) => {
      await journal.flush();
      const { items } = await journal.page({ id, serial: serials.get(id) ?? 0 }, 0, 1000);
      return items;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await journal.close();
      await sql.close();
    },
  };
};
