import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Reader } from '../../sandbox/sql/port.ts';

/** What is counted while it happens; prom-client is imported only when somebody asks (rules 8). */
export interface RequestCounts {
  /** Sees to it that the answer is counted, by surface, method and status. `target` is the URL as it was sent. */
  count(response: ServerResponse, target: string): void;
  readonly entries: ReadonlyMap<string, number>;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
type Surface = 'sandbox' | 'api' | 'other';
const surfaceOf = (url: string): Surface =>
  url.startsWith('/sandboxes/') ? 'sandbox' : url.startsWith('/api/') ? 'api' : 'other';

export const createRequestCounts = (): RequestCounts => {
  const entries = new Map<string, number>();
  // One for each surface and none for each request: this is on the way of every answer.
  const countOf = (surface: Surface) =>
    function (this: ServerResponse): void {
      const { method = '' } = this.req;
      const key = `${surface} ${METHODS.has(method) ? method : 'other'} ${this.statusCode}`;
      entries.set(key, (entries.get(key) ?? 0) + 1);
    };
  const finished = { sandbox: countOf('sandbox'), api: countOf('api'), other: countOf('other') };
  return {
    entries,
    count: (response, target) => {
      const counted = finished[surfaceOf(target)];
      // A listener costs more than all of the counting: what is on its way already needs none.
      if (response.writableEnded) counted.call(response);
      else response.on('finish', counted);
    },
  };
};

/** Beyond this many the exact number is not worth a longer statement (rules 1). */
const COUNTED_MAX = 100_000;

/** The Prometheus text of this process, of its requests and of what the store holds. */
export const loadMetrics = async (sql: Reader, counts: RequestCounts): Promise<RequestHandler> => {
  const { collectDefaultMetrics, Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'fingerpost_requests_total',
    help: 'Requests answered, by surface (api, sandbox, other), method and status',
    labelNames: ['surface', 'method', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, value] of counts.entries) {
        const [surface = '', method = '', status = ''] = key.split(' ');
        this.inc({ surface, method, status }, value);
      }
    },
  });
  const rows = new Gauge({
    name: 'fingerpost_rows',
    help: `Rows that say how much there is to do, counted up to ${COUNTED_MAX}`,
    labelNames: ['what'],
    registers: [registry],
    async collect() {
      for (const [what, table] of [
        ['sandboxes', 'sandbox'],
        ['generations_to_sweep', 'doomed'],
        ['templates', 'template'],
      ] as const) {
        const [row] = await sql.query<{ n: number }>(
          `select count(*) as n from (select 1 from ${table} limit ${COUNTED_MAX}) counted`,
        );
        this.set({ what }, row?.n ?? 0);
      }
    },
  });
  registry.registerMetric(requests);
  registry.registerMetric(rows);
  return async (_request, response) => {
    response.setHeader('content-type', registry.contentType);
    response.end(await registry.metrics());
  };
};
