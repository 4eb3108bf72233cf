import { createBell } from '../../sandbox/bell.ts';
import type { Journal } from '../../sandbox/journal.ts';
import type { Reader } from '../../sandbox/sql/port.ts';
import type { Signals } from './signals.ts';

export interface StreamOptions {
  readonly sql: Reader;
  readonly journal: Pick<Journal, 'page' | 'watch'>;
  readonly signals: Signals;
  readonly sandbox: string;
  /** The cursor after which to begin: what `Last-Event-ID` or `?after=` said, else 0. */
  readonly after: number;
  /** Ends the stream: the client went away, or the service is closing. */
  readonly signal: AbortSignal;
  now(): number;
  /** Real milliseconds between two comments that keep proxies from closing a quiet connection. */
  readonly heartbeat: number;
}

const PAGE = 100;

const event = (name: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * The journal as server-sent events: a cursor over rows, woken by commits (rules 3). Nothing is read until the one before
 * was taken, so a slow reader costs no memory. Events: `generation` first of all, so that who comes back knows whether there was a
 * reset meanwhile; `exchange` (id = cursor); `reset` when the journal was emptied, with the new generation; `gone` last of all when the sandbox was deleted or has expired. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* streamEvents(options: StreamOptions): AsyncGenerator<string> {
  const { sql, journal, signals, sandbox, signal, heartbeat } = options;
  const bell = createBell();
  const stops = [journal.watch(sandbox, bell.ring), signals.watch(sandbox, bell.ring)];
  signal.addEventListener('abort', bell.ring);
  let cursor = options.after;
  let serial: number | undefined;
  try {
    yield 'retry: 2000\n\n';
    while (!signal.aborted) {
      const [row] = await sql.query<{ serial: number; generation: number }>(
        'select serial, generation from sandbox where id = $1 and expires_real > $2',
        [sandbox, options.now()],
      );
      if (row === undefined) {
        yield event('gone', { sandbox });
        return;
      }
      const { generation } = row;
      if (serial !== row.serial) yield event(serial === undefined ? 'generation' : 'reset', { sandbox, generation });
      serial = row.serial;
      const { items, next } = await journal.page({ id: sandbox, serial }, cursor, PAGE);
      for (const item of items) {
        yield event('exchange', item, item.cursor);
        cursor = Number(item.cursor);
      }
      if (next === undefined && items.length < PAGE && !(await bell.wait(heartbeat))) yield ': still here\n\n';
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    for (const stop of stops) stop();
  }
}
