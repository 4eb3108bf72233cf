import { createBell } from '../bell.ts';
import type { Follow } from '../streams.ts';
import type { Passage } from './passage.ts';

/** Real milliseconds after which a quiet connection gets a comment, so that no proxy closes it. */
const QUIET = 15_000;

/**
 * Rows as server-sent events, read on when something in the sandbox was committed (rules 3). Nothing is read until the one
 * before was taken, so a slow reader costs no memory. It ends when the client has gone, the service closes, or nothing can
 * come any more. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* followed(
  { host, response, sandbox }: Pick<Passage, 'host' | 'response' | 'sandbox'>,
  { after, read }: Follow,
): AsyncGenerator<string> {
  if (sandbox === undefined) return;
  const bell = createBell();
  const stop = host.journal.watch(sandbox.row.id, bell.ring);
  const { closing } = host;
  response.on('close', bell.ring);
  closing?.addEventListener('abort', bell.ring);
  let cursor = after;
  try {
    yield 'retry: 2000\n\n';
    while (!response.destroyed && closing?.aborted !== true) {
      const items = await read(cursor);
      if (items === undefined) {
        yield 'event: gone\ndata: {}\n\n';
        return;
      }
      for (const { id, event, data } of items) {
        yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        cursor = id;
      }
      if (items.length === 0 && !(await bell.wait(QUIET))) yield ': still here\n\n';
    }
  } finally {
    response.off('close', bell.ring);
    closing?.removeEventListener('abort', bell.ring);
    stop();
  }
}
