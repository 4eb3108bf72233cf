import type { Dialect } from '../dialect.ts';
import type { PatternApp, Reply } from '../pattern.ts';
import { NOT_FOUND, problem, VERSION_CONFLICT } from '../problem.ts';
import type { Migration } from '../sql/port.ts';
import type { LoadedPattern } from './host.ts';

/** A pattern for tests of the edge alone: things with a version, and what can go wrong around them. */
export const thingMigrations: readonly Migration[] = [
  {
    id: 'thing-1',
    statements: ['create table thing (store bigint, id text, version bigint, body text, primary key (store, id))'],
  },
];

interface ThingRow {
  readonly version: number;
  readonly body: string;
}

async function* lines(): AsyncIterable<string> {
  for (const number of [1, 2, 3]) yield await Promise.resolve(`{"line":${number}}\n`);
}
async function* breaking(): AsyncIterable<string> {
  yield await Promise.resolve('begun');
  throw new Error('the source of the stream broke');
}

const thing = ({ version, body }: ThingRow, status = 200): Reply => ({
  status,
  headers: { ETag: `W/"${version}"` },
  body,
});
const ndjson = { 'Content-Type': 'application/x-ndjson' };

export const thingsApp: PatternApp = {
  handlers: {
    readThing: async ({ params }, ctx) => {
      const [row] = await ctx.sql.query<ThingRow>('select version, body from thing where store = $1 and id = $2', [
        ctx.store,
        params.id ?? '',
      ]);
      if (row === undefined) throw problem(NOT_FOUND, `There is no Thing/${params.id}`);
      return thing(row);
    },
    writeThing: async ({ params, headers, body }, ctx) =>
      ctx.transaction(async (tx) => {
        const key = [ctx.store, params.id ?? ''];
        const [row] = await tx.query<ThingRow>('select version from thing where store = $1 and id = $2', key);
        const match = headers['if-match'];
        if (match !== undefined && match !== `W/"${row?.version}"`) throw problem(VERSION_CONFLICT, 'Not that version');
        await ctx.next(tx);
        const [written] = await tx.query<ThingRow>(
          `insert into thing (store, id, version, body) values ($1, $2, 1, $3)
           on conflict (store, id) do update set version = thing.version + 1, body = excluded.body returning version, body`,
          [...key, Buffer.from(body).toString()],
        );
        if (written === undefined) throw new Error('nothing was written');
        return thing(written, row === undefined ? 201 : 200);
      }),
    addNote: async ({ body, from }, ctx) => ({
      status: 201,
      headers: { Location: '/plain/notes/1' },
      body: { got: JSON.parse(Buffer.from(body).toString()), from, number: ctx.random() },
    }),
    streamLines: async () => ({ status: 200, headers: ndjson, body: lines() }),
    breakStream: async () => ({ status: 200, headers: ndjson, body: breaking() }),
    breakDown: async () => {
      throw new TypeError('cannot read secret of undefined');
    },
    splitHeader: async () => ({ status: 200, headers: { 'X-Bad': 'one\r\ntwo: 2' }, body: 'x' }),
    forward: async ({ query }, ctx) => {
      const { status, body, exchange } = await ctx.send(query.get('to') ?? '', {
        method: query.get('method') ?? 'GET',
        path: query.get('path') ?? '/',
        headers: { 'X-Request-ID': query.get('id') ?? '' },
        timeout: Number(query.get('timeout') ?? 5000),
      });
      return { status: 200, body: { status, body, exchange } };
    },
  },
};

const fhirJson = { 'application/fhir+json': {}, 'application/json': {} };
const gives = (content: object) => ({ responses: { '200': { description: 'fine', content } } });
const text = (name: string) => ({ name, in: 'query', schema: { type: 'string' } });
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' } };

const contract = {
  openapi: '3.0.3',
  info: { title: 'Things', version: '1' },
  paths: {
    '/FHIR/R4/Thing/{id}': {
      parameters: [id],
      get: {
        ...gives(fhirJson),
        operationId: 'readThing',
        parameters: [text('_format'), { name: '_count', in: 'query', schema: { type: 'integer' } }],
      },
      put: { ...gives(fhirJson), operationId: 'writeThing', requestBody: { required: true, content: fhirJson } },
    },
    '/FHIR/R4/$lines': { get: { ...gives({ 'application/x-ndjson': {} }), operationId: 'streamLines' } },
    '/FHIR/R4/$break-stream': { get: { ...gives({}), operationId: 'breakStream' } },
    '/FHIR/R4/$break-down': { get: { ...gives({}), operationId: 'breakDown' } },
    '/FHIR/R4/$split-header': { get: { ...gives({}), operationId: 'splitHeader' } },
    '/FHIR/R4/$later': { get: { ...gives(fhirJson), operationId: 'later' } },
    '/plain/forward': {
      post: {
        ...gives({ 'application/json': {} }),
        operationId: 'forward',
        parameters: ['to', 'path', 'method', 'timeout', 'id'].map(text),
      },
    },
    '/plain/notes': {
      post: {
        ...gives({ 'application/json': {} }),
        operationId: 'addNote',
        tags: ['notes'],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
            },
          },
        },
      },
    },
  },
};

const lax: Dialect = {
  id: 'lax',
  title: 'Lax',
  source: { title: 'none', date: '2026' },
  headers: { required: [], echoed: ['X-Request-ID'] },
  concurrency: { ifMatchRequired: false },
  errors: { system: 'urn:lax', conditions: {}, default: { code: 'wrong', display: 'Wrong' } },
  capabilities: true,
  sentinels: [],
};

const strict: Dialect = {
  ...lax,
  id: 'strict',
  headers: {
    required: [{ name: 'X-Request-ID', format: 'uuid' }],
    echoed: ['X-Request-ID', 'X-Correlation-ID'],
  },
  identity: { header: 'X-Organisation' },
  errors: {
    system: 'urn:strict',
    version: '2',
    conditions: {
      'version-conflict': { status: 409, code: 'MISMATCH', display: 'Mismatch' },
      unavailable: { code: 'DOWN', display: 'Down' },
      'missing-header': { code: 'MISSING', display: 'Missing' },
    },
    default: { code: 'OTHER', display: 'Other' },
  },
  sentinels: [
    { value: 'down', fault: { kind: 'status', status: 503, retryAfter: 7 }, note: 'not available' },
    { value: 'stale', fault: { kind: 'etag', as: 'stale' }, note: 'an older version' },
  ],
};

const role = (name: string, serves: boolean | readonly string[], starts: readonly string[]) => ({
  name,
  title: name,
  summary: name,
  serves,
  starts,
});

export const thingsPattern: LoadedPattern = {
  id: 'things',
  manifest: {
    title: 'Things',
    summary: 'Things',
    description: [],
    useWhen: [],
    avoidWhen: [],
    participants: [
      role('asker', false, ['*']),
      { ...role('answerer', true, []), main: true },
      role('helper', ['readThing', 'notes'], ['addNote']),
    ],
    interactions: [],
    considerations: [],
    realServices: [],
    sources: [],
    dialects: ['lax', 'strict'],
  },
  app: thingsApp,
  contract,
  dialect: async (name) => ({ dialect: name === 'strict' ? strict : lax }),
};
