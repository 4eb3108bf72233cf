import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Broker } from '../../sandbox/broker/port.ts';
import type { Edge } from '../../sandbox/http/edge.ts';
import type { Log } from '../../sandbox/http/host.ts';
import { problemOf, renderProblem } from '../../sandbox/http/render.ts';
import { METHOD_NOT_ALLOWED, ProblemError, problem, UNKNOWN_PATH } from '../../sandbox/problem.ts';
import type { Reader } from '../../sandbox/sql/port.ts';
import type { Catalogue } from '../catalogue.ts';
import { loadDocs, serveContracts } from './docs.ts';
import { answerHealth, answerReadiness } from './health.ts';
import { refusalOf } from './json-body.ts';
import { createRequestCounts, loadMetrics, type RequestCounts } from './metrics.ts';
import { type OriginPolicy, refuseForeignOrigin } from './origins.ts';
import { type HeaderOptions, securityHeaders, servePages } from './pages.ts';

export interface AppOptions {
  readonly log: Log;
  readonly sql: Reader;
  readonly broker: Broker;
  readonly catalogue: Catalogue;
  /** The sandboxes' endpoints, mounted at `/sandboxes`; leaves `/{sandbox}` itself, which is a page, to us. */
  readonly edge: Edge;
  /** The operations of openapi/service.yaml; compiled when first called, for that takes longer than starting may. */
  api(): Promise<RequestHandler>;
  readonly origins: OriginPolicy;
  readonly headers: HeaderOptions;
  /** Aborted when the service begins to close. */
  readonly closing: AbortSignal;
}

/** Loads a handler when it is first needed; a load that failed is tried again. */
const lazily = (load: () => Promise<RequestHandler>): RequestHandler => {
  let loading: Promise<RequestHandler> | undefined;
  return async (request, response, next) => {
    loading ??= load();
    try {
      (await loading)(request, response, next);
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
};

const refuseUnknown: RequestHandler = (request) => {
  throw problem(UNKNOWN_PATH, `Nothing is served at ${request.path}`);
};

const onlyGet: RequestHandler = (request) => {
  const headers = { allow: 'GET, HEAD' };
  throw problem(METHOD_NOT_ALLOWED, `${request.method} is not offered here; GET and HEAD are`, { headers });
};

/** Problem+json for whatever was thrown; what nobody foresaw is logged under the id that the client is told. */
const renderErrors =
  (log: Log): ErrorRequestHandler =>
  (thrown, request, response, _next) => {
    const error: unknown = thrown instanceof ProblemError ? thrown : (refusalOf(thrown) ?? thrown);
    const correlation = randomUUID();
    if (!(error instanceof ProblemError))
      log.error({ err: error, correlation, method: request.method, path: request.path }, 'a request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, headers, body } = renderProblem(problemOf(error, correlation), `urn:uuid:${correlation}`);
    response.statusCode = status;
    response.setHeader('cache-control', 'no-store');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(request.method === 'HEAD' ? undefined : body);
  };

const SANDBOXES = '/sandboxes';

/**
 * The sandboxes' endpoints stand before the Express application: its routing, and the prototypes that it gives requests and
 * responses, cost as much as a third of a FHIR read. What they leave, and a target in another form, goes to the application.
 */
const beforeExpress =
  (edge: Edge, count: RequestCounts['count'], app: RequestListener): RequestListener =>
  (request, response) => {
    const target = request.url ?? '';
    if (!target.startsWith(`${SANDBOXES}/`)) {
      app(request, response);
      return;
    }
    request.url = target.slice(SANDBOXES.length);
    let left = false;
    edge(request, response, () => {
      left = true;
    });
    request.url = target;
    if (left) app(request, response);
    else count(response, target);
  };

/** The whole application: the sandboxes' endpoints, the service's own API, its contracts, its pages. */
export const createApp = (options: AppOptions): RequestListener => {
  const { catalogue, closing, log, sql } = options;
  const counts = createRequestCounts();
  const app = express();
  app.disable('x-powered-by');
  app.set('case sensitive routing', true);
  app.use((request, response, next) => {
    counts.count(response, request.originalUrl);
    next();
  });
  app.use(SANDBOXES, options.edge);
  app.use(securityHeaders(options.headers));
  app.route('/healthz').get(answerHealth).all(onlyGet);
  app
    .route('/readyz')
    .get(answerReadiness(sql, options.broker, closing))
    .all(onlyGet);
  app.use((request, _response, next) => {
    refuseForeignOrigin(request, options.origins);
    next();
  });
  app
    .route('/metrics')
    .get(lazily(() => loadMetrics(sql, counts)))
    .all(onlyGet);
  const api = lazily(options.api);
  // Not mounted at /api: the contract's paths are absolute.
  app.use((request, response, next) => {
    if (/^\/api(?:\/|$)/.test(request.path)) api(request, response, next);
    else next();
  });
  app.use('/openapi', serveContracts(catalogue));
  app.use(
    '/docs',
    securityHeaders(options.headers, true),
    lazily(() => loadDocs(catalogue)),
  );
  app.use(servePages(catalogue.webFolder()));
  app.use(refuseUnknown);
  app.use(renderErrors(log));
  return beforeExpress(options.edge, counts.count, app);
};
