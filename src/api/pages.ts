import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import helmet from 'helmet';

/** The addresses that pages live at: web/shell/routes.ts knows the same. A trailing slash makes no difference. */
const PAGES: readonly RegExp[] = [
  /^\/$/,
  /^\/guide(?:\/check|\/outcome)?\/?$/,
  /^\/decisions(?:\/[^/]+)?\/?$/,
  /^\/patterns(?:\/[^/]+)?\/?$/,
  /^\/hl7\/?$/,
  /^\/conformance(?:\/[^/]+)?\/?$/,
  /^\/sandboxes\/[^/]+\/?$/,
];

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fingerpost</title></head>
<body><h1>Fingerpost is running</h1>
<p>Its pages have not been built. Build them with <code>npm run build:web</code>, then load this page again.</p>
<p>The API works without them: <a href="/docs/">its contracts</a>.</p></body></html>
`;

export interface HeaderOptions {
  /** Origins that may show our pages in a frame; none when empty. */
  readonly frameAncestors: readonly string[];
  /** Whether we are reached by HTTPS, so that browsers may be told to insist on it. */
  readonly secure: boolean;
}

/**
 * Security headers of everything but the sandboxes' own endpoints. Nothing inline and nothing of another origin;
 * `loose` is for Swagger UI, which sets styles inline and draws from data: URLs.
 */
export const securityHeaders = ({ frameAncestors, secure }: HeaderOptions, loose = false): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: frameAncestors.length === 0 ? ["'none'"] : [...frameAncestors],
        objectSrc: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: loose ? ["'self'", "'unsafe-inline'"] : ["'self'"],
      },
    },
    frameguard: frameAncestors.length === 0 ? { action: 'deny' } : false,
    hsts: secure,
    referrerPolicy: { policy: 'no-referrer' },
  });

const sendPage = (index: string, response: Response, status: number): void => {
  response.status(status).setHeader('cache-control', 'no-cache');
  if (existsSync(index)) response.sendFile(index);
  else response.status(503).type('html').send(NOT_BUILT);
};

const wantsPage = (request: Request): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') && request.accepts(['json', 'html']) === 'html';

/**
 * The built pages. Assets carry a hash of their content in their name and are cached for good; the page itself is asked
 * for again each time, by its ETag. What no page lives at is a 404, shown as a page to whoever asked for one.
 */
export const servePages = (folder: URL): Router => {
  const root = fileURLToPath(folder);
  const index = fileURLToPath(new URL('index.html', folder));
  const router = express.Router();
  router.use(
    express.static(root, {
      index: false,
      redirect: false,
      setHeaders: (response, path) => {
        const hashed = path.startsWith(fileURLToPath(new URL('assets/', folder)));
        response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get(PAGES as RegExp[], (_request, response) => sendPage(index, response, 200));
  router.use((request, response, next) => {
    if (!wantsPage(request) || request.path.startsWith('/api/')) next();
    else sendPage(index, response, 404);
  });
  return router;
};
