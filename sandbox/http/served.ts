import express from 'express';
import type { Authentication } from '../authentication.ts';
import { type ContractOperation, compileContract } from '../contract.ts';
import type { Dialect } from '../dialect.ts';
import type { PatternManifest } from '../manifest.ts';
import type { Handler, PatternApp } from '../pattern.ts';
import type { Host, LoadedDialect } from './host.ts';

/** An operation of the contract with its handler, where the pattern or the dialect has one. */
export interface ServedOperation {
  readonly contract: ContractOperation;
  readonly handler?: Handler;
  /** As what it is served, where that is another dialect than the sandbox's (Dialect.beside). */
  readonly spoken?: Pick<Served, 'dialect' | 'authentication'>;
}

/** What a path leads to: an operation, or the methods that would; undefined for a path of no operation. */
export type Match =
  | { readonly operation: ServedOperation; readonly params: Readonly<Record<string, string>> }
  | { readonly allow: readonly string[] };

/** A pattern in a dialect, ready to serve: compiled once, shared by all sandboxes that speak it. */
export interface Served {
  readonly manifest: PatternManifest;
  readonly dialect: Dialect;
  readonly authentication: Authentication | undefined;
  readonly context: PatternApp['context'];
  /** `path` is below the participant's base and without a query; its percent-encoding was checked. */
  match(method: string, path: string): Match | undefined;
  /** Compiles how requests of these operations are checked, so that the first of them need not wait for it. */
  prepare(operationIds: readonly string[]): void;
}

const NOTHING = { params: {}, query: new URLSearchParams(), headers: {} };

/** What Express's router needs of a request to find a route. */
interface Probe {
  readonly method: string;
  readonly url: string;
  params?: Readonly<Record<string, string>>;
  found?: { readonly operation: ServedOperation } | { readonly allow: readonly string[] };
}

const allowOf = (operations: readonly ServedOperation[]): readonly string[] => {
  const methods = operations.map(({ contract }) => contract.method);
  return [...methods, ...(methods.includes('GET') && !methods.includes('HEAD') ? ['HEAD'] : []), 'OPTIONS'];
};

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete' | 'head' | 'trace';
// The probe is what the handler is given: see `match`.
const probeOf = (request: unknown): Probe => request as Probe;

/** One Express route for each path, literal segments before parameters; its handlers only say what was found. */
const routerOf = (operations: readonly ServedOperation[]): express.Router => {
  const router = express.Router({ caseSensitive: true });
  for (const [path, alike] of Map.groupBy(operations, ({ contract }) => contract.route)) {
    const route = router.route(path);
    for (const operation of alike) {
      const found = { operation };
      // OpenAPI 3.0 has no other methods.
      route[operation.contract.method.toLowerCase() as Method]((request) => {
        probeOf(request).found = found;
      });
    }
    const others = { allow: allowOf(alike) };
    route.all((request) => {
      probeOf(request).found = others;
    });
  }
  return router;
};

// It has what the router reads: see Probe.
const isRequest = (probe: object): probe is express.Request => 'method' in probe && 'url' in probe;
const NOBODY = {} as express.Response;
const nothing = (): void => undefined;

/** So many paths of so many characters are remembered for each method of a pattern and dialect: at most 100 KB. */
const ROUTED_MAX = 500;
const ROUTED_LENGTH = 100;

const serve = async (host: Host, pattern: string, dialect: string): Promise<Served> => {
  const loaded = await host.pattern(pattern);
  const spoken = await loaded.dialect(dialect);
  const operationsOf = async (dialect: LoadedDialect, isBeside: boolean): Promise<ServedOperation[]> => {
    const handlers = { ...loaded.app.handlers, ...dialect.handlers };
    const voice = isBeside ? { spoken: { dialect: dialect.dialect, authentication: dialect.authentication } } : {};
    return (await compileContract(dialect.contract ?? loaded.contract)).map((contract) => {
      const handler = Object.hasOwn(handlers, contract.operationId) ? handlers[contract.operationId] : undefined;
      return { contract, ...voice, ...(handler === undefined ? {} : { handler }) };
    });
  };
  const beside = await Promise.all((spoken.dialect.beside ?? []).map((id) => loaded.dialect(id)));
  const besides = await Promise.all(beside.map((dialect) => operationsOf(dialect, true)));
  const operations = [...(await operationsOf(spoken, false)), ...besides.flat()];
  const router = routerOf(operations);
  const route = (method: string, path: string): Match | undefined => {
    // Routes are found before anything is answered, so the router sees a stand-in; without a route it calls back.
    const probe: Probe = { method, url: path };
    if (isRequest(probe)) router(probe, NOBODY, nothing);
    const { found, params } = probe;
    // A copy, because what the router gives has no prototype and is slow to read.
    return found !== undefined && 'operation' in found ? { operation: found.operation, params: { ...params } } : found;
  };
  // Routes never change, and clients ask for the same paths again and again: to create, to search, to poll.
  const routed = new Map<string, Map<string, Match>>();
  return {
    manifest: loaded.manifest,
    dialect: spoken.dialect,
    authentication: spoken.authentication,
    context: loaded.app.context,
    prepare: (operationIds) => {
      for (const { contract } of operations)
        if (operationIds.includes(contract.operationId)) contract.validate(NOTHING);
    },
    match: (method, path) => {
      const known = routed.get(method)?.get(path);
      if (known !== undefined) return known;
      const match = route(method, path);
      if (match !== undefined && path.length <= ROUTED_LENGTH) {
        const paths = routed.get(method) ?? new Map<string, Match>();
        if (paths.size >= ROUTED_MAX) paths.clear();
        routed.set(method, paths.set(path, match));
      }
      return match;
    },
  };
};

/** Gives what is compiled for a pattern and a dialect; compiles it when it is first asked for. */
export const createServedCache = (host: Host) => {
  const ready = new Map<string, Served>();
  const coming = new Map<string, Promise<Served>>();
  const compile = async (key: string, pattern: string, dialect: string): Promise<Served> => {
    try {
      const served = await serve(host, pattern, dialect);
      ready.set(key, served);
      return served;
    } finally {
      coming.delete(key);
    }
  };
  return (pattern: string, dialect: string): Served | Promise<Served> => {
    const key = `${pattern} ${dialect}`;
    const known = ready.get(key) ?? coming.get(key);
    if (known !== undefined) return known;
    const promise = compile(key, pattern, dialect);
    coming.set(key, promise);
    return promise;
  };
};
