import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putBlob, readBlob } from '../blobs.ts';
import type { Dialect } from '../dialect.ts';
import { renderOutcome } from '../http/render.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
import { coreMigrations } from '../schema.ts';
import { storeOf } from '../space.ts';
import { openSql } from '../sql/open.ts';
import type { Sql, Tx } from '../sql/port.ts';
import { testStore } from '../sql/store.test-data.ts';
import { resourceStore } from './compose.ts';
import { fhir } from './endpoint.ts';
import { readContractAnswers } from './fixture-contract.ts';
import type { BeforeWrite } from './write-guard.ts';

/**
 * For tests: a FHIR endpoint over the real store in a file of its own, spoken to in requests and replies. An answer that
 * the contract does not name is an error.
 */
export interface TestEndpoint {
  readonly ctx: Ctx;
  readonly sql: Sql;
  /** Of the store. */
  readonly url: string;
  /** Sandbox clock. */
  readonly clock: { now: number };
  /** `GET Patient/1?_pretty=true`; errors come as the edge would render them. */
  request(method: string, url: string, options?: RequestOptions): Promise<TestReply>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; without members where it is empty. */
  readonly body: TestBody;
}

/** What tests look for in a reply, whatever resource it is. */
export interface TestBody {
  readonly resourceType?: string;
  readonly id?: string;
  readonly type?: string;
  readonly total?: number;
  readonly meta?: { readonly versionId?: string; readonly lastUpdated?: string; readonly tag?: readonly object[] };
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly fullUrl?: string;
    readonly resource?: TestBody;
    readonly search?: { readonly mode: string };
    readonly request?: { readonly method: string; readonly url: string };
    readonly response?: {
      readonly status: string;
      readonly location?: string;
      readonly etag?: string;
      readonly lastModified?: string;
      readonly outcome?: TestBody;
    };
  }[];
  readonly issue?: readonly {
    readonly severity: string;
    readonly code: string;
    readonly diagnostics: string;
    readonly expression?: readonly string[];
    readonly location?: readonly string[];
  }[];
  readonly [element: string]: unknown;
}

export const testDialect: Dialect = {
  id: 'test',
  title: 'FHIR R4',
  source: { title: 'HL7 FHIR R4', date: '2019-10-30' },
  headers: { required: [], echoed: [] },
  concurrency: { ifMatchRequired: false },
  errors: { system: 'http://example.org/codes', conditions: {}, default: { code: 'error', display: 'Error' } },
  capabilities: true,
  sentinels: [],
};

const SHORT_BASE = 'http://sandbox.test/sandboxes/s';
const BASE = `${SHORT_BASE}/provider`;
const ROUTES: readonly (readonly [string, RegExp])[] = [
  ['GET capabilities', /^metadata$/],
  ['GET historySystem', /^_history$/],
  ['POST batch', /^$/],
  ['GET searchSystem', /^$/],
  ['POST searchSystemPost', /^_search$/],
  ['POST validateType', /^(?<type>[^/]+)\/\$validate$/],
  ['POST validateInstance', /^(?<type>[^/]+)\/(?<id>[^/]+)\/\$validate$/],
  ['GET validateStored', /^(?<type>[^/]+)\/(?<id>[^/]+)\/\$validate$/],
  ['GET patientEverything', /^Patient\/(?<id>[^/]+)\/\$everything$/],
  ['POST patientEverythingPost', /^Patient\/(?<id>[^/]+)\/\$everything$/],
  ['POST searchTypePost', /^(?<type>[^/]+)\/_search$/],
  ['GET historyType', /^(?<type>[^/]+)\/_history$/],
  ['GET historyInstance', /^(?<type>[^/]+)\/(?<id>[^/]+)\/_history$/],
  ['GET vreadResource', /^(?<type>[^/]+)\/(?<id>[^/]+)\/_history\/(?<vid>[^/]+)$/],
  ['GET searchCompartment', /^(?<type>[^/]+)\/(?<id>[^/]+)\/(?<member>[^/]+)$/],
  ['POST searchCompartmentPost', /^(?<type>[^/]+)\/(?<id>[^/]+)\/(?<member>[^/]+)\/_search$/],
  ['GET searchType', /^(?<type>[^/]+)$/],
  ['POST createResource', /^(?<type>[^/]+)$/],
  ['PUT conditionalUpdate', /^(?<type>[^/]+)$/],
  ['PATCH conditionalPatch', /^(?<type>[^/]+)$/],
  ['DELETE conditionalDelete', /^(?<type>[^/]+)$/],
  ['GET readResource', /^(?<type>[^/]+)\/(?<id>[^/]+)$/],
  ['PUT updateResource', /^(?<type>[^/]+)\/(?<id>[^/]+)$/],
  ['PATCH patchResource', /^(?<type>[^/]+)\/(?<id>[^/]+)$/],
  ['DELETE deleteResource', /^(?<type>[^/]+)\/(?<id>[^/]+)$/],
];

const callOf = (method: string, url: string, { body, headers = {} }: RequestOptions): Call => {
  const [path = '', query = ''] = url.replace(`${BASE}/FHIR/R4/`, '').split(/\?(.*)/s);
  for (const [name, pattern] of ROUTES) {
    const found = name.startsWith(`${method} `) ? pattern.exec(path) : null;
    if (found === null) continue;
    const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return {
      operationId: name.slice(method.length + 1),
      method,
      base: BASE,
      shortBase: SHORT_BASE,
      path: `/FHIR/R4/${path}`,
      params: { ...found.groups },
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(sent),
      from: { participant: 'requester', claimed: false },
    };
  }
  throw new Error(`No route for ${method} ${url}`);
};

const settled = (reply: Reply): TestReply => {
  const { status, headers = {}, body } = reply;
  if (body instanceof Uint8Array) return { status, headers, text: Buffer.from(body).toString(), body: {} };
  const text = typeof body === 'string' ? body : '';
  return { status, headers, text, body: text === '' ? {} : JSON.parse(text) };
};

export const openTestEndpoint = async (
  options: { dialect?: Dialect; allowRealNhsNumbers?: boolean; beforeWrite?: BeforeWrite } = {},
): Promise<TestEndpoint> => {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-'));
  const url = await testStore(join(folder, 'test.db'));
  const sql = await openSql(url, [...coreMigrations, ...resourceStore.migrations]);
  const clock = { now: Date.parse('2026-11-22T09:30:00.123Z') };
  await sql.transaction((tx) =>
    tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed) values ('s', 'p', 'd', 'none', 1, 1, 1, 0, 0, 0, 0, 0, 1)`,
    ),
  );
  const ctx: Ctx = {
    sandbox: { id: 's', pattern: 'p', generation: 1, serial: 1, seed: 1 },
    participant: { name: 'provider', index: 0, mode: 'simulated' },
    dialect: options.dialect ?? testDialect,
    store: storeOf(1, 0),
    allowRealNhsNumbers: options.allowRealNhsNumbers ?? false,
    sql,
    transaction: (body) => sql.transaction(body),
    next: async (tx: Tx, count = 1) => {
      const rows = await tx.query<{ seq: number }>('update sandbox set seq = seq + $1 where id = $2 returning seq', [
        count,
        's',
      ]);
      return (rows[0]?.seq ?? 0) - count + 1;
    },
    now: () => clock.now,
    schedule: () => Promise.reject(new Error('no timers in this test')),
    blobs: { put: (tx, bytes) => putBlob(tx, 1, bytes), read: (reference) => readBlob(sql, 1, reference) },
    enqueue: () => Promise.reject(new Error('no messages in this test')),
    send: () => Promise.reject(new Error('nothing is sent in this test')),
    sendHl7: () => Promise.reject(new Error('nothing is sent in this test')),
    baseOf: () => undefined,
    random: () => 0.5,
    uuid: randomUUID,
  };
  const answers = readContractAnswers();
  const { handlers } = fhir(options.beforeWrite === undefined ? {} : { beforeWrite: options.beforeWrite });
  return {
    ctx,
    sql,
    url,
    clock,
    request: async (method, url, sent = {}) => {
      const call = callOf(method, url, sent);
      const settle = (reply: Reply): TestReply => {
        const found = settled(reply);
        answers.check(call.operationId, found.status, found.text !== '');
        return found;
      };
      const handler = handlers[call.operationId];
      if (handler === undefined) throw new Error(`${call.operationId} is not composed`);
      try {
        return settle(await handler(call, ctx));
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        return settle(renderOutcome(error, ctx.dialect, false));
      }
    },
    close: async () => {
      await sql.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
