import type { RequestHandler } from 'express';
import type { Broker } from '../../sandbox/broker/port.ts';
import type { Reader } from '../../sandbox/sql/port.ts';
import { within } from '../../sandbox/within.ts';

/** The process is alive: it answers. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.setHeader('cache-control', 'no-store');
  response.json({ status: 'alive' });
};

/**
 * Ready means that the store answers a query now, that the broker is there, and that we are not going away. While only the
 * broker is missing everything is still accepted; what waits for it is relayed once it is back.
 */
/** Real milliseconds. Whoever asks whether all is well does not wait long for the answer that it is not. */
const PATIENCE_MS = 3_000;

export const answerReadiness = (
  sql: Reader,
  broker: Pick<Broker, 'state'>,
  closing: AbortSignal,
  patience = PATIENCE_MS,
): RequestHandler => {
  let asking: Promise<boolean> | undefined;
  /** One question at a time, whoever asks: a store that has stopped would keep a connection for each. */
  const isStoreThere = (): Promise<boolean> => {
    asking ??= sql
      .query('select value from counter limit 1')
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return async (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    let there = false;
    const asked = isStoreThere().then((is) => {
      there = is;
    });
    await within(asked, patience);
    const stored = there ? 'ok' : 'does not answer';
    const reached = broker.state().up ? 'ok' : 'does not answer';
    const ready = stored === 'ok' && reached === 'ok' && !closing.aborted;
    const checks = { store: stored, broker: reached, ...(closing.aborted ? { service: 'closing' } : {}) };
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
  };
};
