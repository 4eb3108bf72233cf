import { apiProblem } from '../auth/mistakes.ts';
import type { Standing } from '../authentication.ts';
import { createBell } from '../bell.ts';
import type { Follow } from '../streams.ts';
import type { Passage } from './passage.ts';

/** Real milliseconds after which a quiet connection gets a comment, so that no proxy closes it. */
const QUIET = 15_000;

/** The event that says why a stream ends whose caller is let in no longer; a WebSocket is closed with it. */
export const LOCKED_OUT = 'unauthenticated';

/** Why whoever follows may no longer, in the words that a request would get now; undefined while it may. */
const lockedOut = async (standing: Standing | undefined, now: number): Promise<string | undefined> => {
  if (standing === undefined) return undefined;
  const mistake = standing.until <= now ? 'token-expired' : (await standing.holds()) ? undefined : 'token-invalid';
  return mistake === undefined ? undefined : (await apiProblem(mistake)).faults[0]?.detail;
};

/**
 * Rows as server-sent events, read on when something in the sandbox was committed (rules 3). Nothing is read until the one
 * before was taken, so a slow reader costs no memory. It ends when the client has gone, the service closes, nothing can
 * come any more, or the caller's token is good no longer. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* followed(
  { host, response, sandbox, standing }: Pick<Passage, 'host' | 'response' | 'sandbox' | 'standing'>,
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
      const words = await lockedOut(standing, host.now());
      if (words !== undefined) {
        yield `event: ${LOCKED_OUT}\ndata: ${JSON.stringify({ error: 'invalid_token', error_description: words })}\n\n`;
        return;
      }
      const items = await read(cursor);
      if (items === undefined) {
        yield 'event: gone\ndata: {}\n\n';
        return;
      }
      for (const { id, event, data } of items) {
        yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        cursor = id;
      }
      const left = (standing?.until ?? Number.POSITIVE_INFINITY) - host.now();
      if (items.length === 0 && !(await bell.wait(Math.max(1, Math.min(QUIET, left))))) yield ': still here\n\n';
    }
  } finally {
    response.off('close', bell.ring);
    closing?.removeEventListener('abort', bell.ring);
    stop();
  }
}
