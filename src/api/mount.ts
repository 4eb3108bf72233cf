import express, { type Request, type Response, type Router } from 'express';
import { type ContractOperation, compileContract } from '../../sandbox/contract.ts';
import { contractProblem } from '../../sandbox/contract-faults.ts';
import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import {
  INTERNAL,
  METHOD_NOT_ALLOWED,
  NOT_ACCEPTABLE,
  NOT_IMPLEMENTED,
  problem,
  UNKNOWN_PATH,
  UNSUPPORTED_MEDIA_TYPE,
} from '../../sandbox/problem.ts';
import type { ServiceCall, ServiceHandler, ServiceHandlers } from './call.ts';
import { bearerOf, createGuard, type Guard, type GuardOptions } from './guard.ts';
import { collectBody, parseJson } from './json-body.ts';
import { sendReply } from './reply.ts';

export interface MountOptions {
  readonly contract: OpenApiDocument;
  readonly handlers: ServiceHandlers;
  readonly guard: GuardOptions;
  /** What is asked for first, in JSON: how a request of it is checked is compiled now, and not while somebody waits. */
  readonly first?: readonly string[];
  /** Aborted when the service closes, which ends streams. */
  readonly closing: AbortSignal;
}

interface Mounted {
  readonly operation: ContractOperation;
  readonly guard: Guard;
  readonly handler: ServiceHandler;
  readonly closing: AbortSignal;
}

const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const single = (headers: Request['headers']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );

const bodyOf = async (operation: ContractOperation, request: Request, response: Response) => {
  const bytes = await collectBody(request, response);
  if (bytes.length === 0) return {};
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!operation.consumes.includes(mediaType)) {
    const accepted =
      operation.consumes.length === 0 ? 'no body is expected' : `send ${operation.consumes.join(' or ')}`;
    throw problem(
      UNSUPPORTED_MEDIA_TYPE,
      `${mediaType === '' ? 'A body without Content-Type' : mediaType} is not read here; ${accepted}`,
      { at: 'Content-Type' },
    );
  }
  // Whatever is no JSON is text, in the character set that it says itself.
  const isJson = /[/+]json$/.test(mediaType);
  return { mediaType, bytes, body: isJson ? parseJson(bytes) : Buffer.from(bytes).toString('utf8') };
};

const typeOf = (operation: ContractOperation, request: Request): string => {
  const [first] = operation.produces;
  if (first === undefined) return '';
  const agreed = request.accepts([...operation.produces]);
  if (agreed === false)
    throw problem(NOT_ACCEPTABLE, `This is offered as ${operation.produces.join(' or ')}`, { at: 'Accept' });
  return agreed;
};

/** One operation, fail closed: who asks, then (and only then is a body read) what form the answer takes, and whether the request is as the contract says. */
const answer = async (mounted: Mounted, request: Request, response: Response): Promise<void> => {
  const { operation, guard, handler, closing } = mounted;
  const params = texts(request.params);
  const query = new URL(request.originalUrl, 'http://service').searchParams;
  const bearer = bearerOf(request.headers.authorization);
  const queryKey = query.get('key') ?? undefined;
  const key = await guard(params, {
    ...(bearer === undefined ? {} : { bearer }),
    ...(queryKey === undefined ? {} : { queryKey }),
  });
  // A security scheme, so not among the parameters that the contract describes.
  if (operation.security.some((requirement) => 'sandboxKeyQuery' in requirement)) query.delete('key');
  const type = typeOf(operation, request);
  const headers = single(request.headers);
  const content = await bodyOf(operation, request, response);
  const [fault, ...faults] = operation.validate({ params, query, headers, ...content });
  if (fault !== undefined) throw contractProblem([fault, ...faults]);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const call: ServiceCall = {
    params,
    query,
    headers,
    body: content.body,
    ...(content.bytes === undefined ? {} : { bytes: content.bytes }),
    type,
    gone: AbortSignal.any([gone.signal, closing]),
    ...(key === undefined ? {} : { key }),
  };
  await sendReply(response, await handler(call), type);
};

/** An operation of the contract that nothing here answers yet says so, rather than being unknown. */
const notImplemented: ServiceHandler = async () => {
  throw problem(NOT_IMPLEMENTED, 'The contract describes this; this build does not do it yet');
};

const methodsOf = (operations: readonly ContractOperation[]): string => {
  const methods = operations.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...methods, 'OPTIONS'].join(', ');
};

/** Express routes, one per operation of the contract (rules 7), and below them what is refused. */
export const mountContract = async (options: MountOptions): Promise<Router> => {
  const { contract, handlers, guard, first = [], closing } = options;
  const router = express.Router({ caseSensitive: true });
  const operations = (await compileContract(contract)).filter(({ path }) => path.startsWith('/api/'));
  const unknown = Object.keys(handlers).filter((id) => !operations.some(({ operationId }) => operationId === id));
  if (unknown.length > 0) throw problem(INTERNAL, `No operation of the contract is called ${unknown.join(', ')}`);
  const nothing = { params: {}, query: new URLSearchParams(), headers: {}, mediaType: 'application/json', body: {} };
  for (const operation of operations) if (first.includes(operation.operationId)) operation.validate(nothing);
  const byRoute = Map.groupBy(operations, ({ route }) => route);
  for (const [route, served] of byRoute) {
    const at = router.route(route);
    for (const operation of served) {
      const mounted = {
        operation,
        guard: createGuard(operation, guard),
        handler: handlers[operation.operationId] ?? notImplemented,
        closing,
      };
      const respond = (request: Request, response: Response): Promise<void> => answer(mounted, request, response);
      if (operation.method === 'GET') at.get(respond);
      else if (operation.method === 'POST') at.post(respond);
      else if (operation.method === 'PUT') at.put(respond);
      else if (operation.method === 'DELETE') at.delete(respond);
      else throw problem(INTERNAL, `${operation.operationId}: ${operation.method} is not a method of this API`);
    }
    const allow = methodsOf(served);
    at.options((_request, response) => {
      response.status(204).setHeader('allow', allow).end();
    });
    at.all((request) => {
      throw problem(METHOD_NOT_ALLOWED, `${request.method} is not offered here; ${allow} are`, { headers: { allow } });
    });
  }
  router.use('/api', (request) => {
    throw problem(UNKNOWN_PATH, `Nothing is served at ${request.originalUrl.split('?')[0] ?? ''}`);
  });
  return router;
};
