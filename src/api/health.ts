import type { RequestHandler } from 'express';
import type { Reader } from '../../sandbox/sql/port.ts';

/** The process is alive: it answers. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.setHeader('cache-control', 'no-store');
  response.json({ status: 'alive' });
};

/** Ready means that the store answers a query now, and that we are not going away. */
export const answerReadiness =
  (sql: Reader, closing: AbortSignal): RequestHandler =>
  async (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    const stored = await sql.query('select value from counter limit 1').then(
      () => 'ok',
      () => 'does not answer',
    );
    const ready = stored === 'ok' && !closing.aborted;
    const checks = { store: stored, ...(closing.aborted ? { service: 'closing' } : {}) };
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
  };
