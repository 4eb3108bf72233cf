import type { RequestHandler } from 'express';
import type { Broker } from '../../sandbox/broker/port.ts';
import type { Reader } from '../../sandbox/sql/port.ts';

/** The process is alive: it answers. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.setHeader('cache-control', 'no-store');
  response.json({ status: 'alive' });
};

/**
 * Ready means that the store answers a query now, that the broker is there, and that we are not going away. While only the
 * broker is missing everything is still accepted; what waits for it is relayed once it is back.
 */
export const answerReadiness =
  (sql: Reader, broker: Pick<Broker, 'state'>, closing: AbortSignal): RequestHandler =>
  async (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    const stored = await sql.query('select value from counter limit 1').then(
      () => 'ok',
      () => 'does not answer',
    );
    const reached = broker.state().up ? 'ok' : 'does not answer';
    const ready = stored === 'ok' && reached === 'ok' && !closing.aborted;
    const checks = { store: stored, broker: reached, ...(closing.aborted ? { service: 'closing' } : {}) };
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
  };
