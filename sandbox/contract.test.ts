import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ContractRequest, compileContract } from './contract.ts';
import { contractProblem } from './contract-faults.ts';

const okay = { responses: { '200': { description: 'ok', content: { 'application/json': {} } } } };
const name = { name: 'name', in: 'path', required: true, schema: { type: 'string', maxLength: 5 } };

const document = {
  openapi: '3.0.3',
  info: { title: 'Things', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/things/{name}': {
      parameters: [{ $ref: '#/components/parameters/Name' }],
      get: {
        ...okay,
        operationId: 'readThing',
        security: [],
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1 } },
          { name: 'tag', in: 'query', schema: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } } },
          { name: 'code', in: 'query', explode: false, schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'since', in: 'query', schema: { type: 'string', format: 'date-time' } },
          { name: 'X-Ref', in: 'header', required: true, schema: { type: 'string', format: 'uuid' } },
        ],
      },
      put: {
        ...okay,
        operationId: 'writeThing',
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
            'application/json-patch+json': { schema: { type: 'array' } },
            'application/fhir+json': {},
          },
        },
      },
    },
    '/things/all': { get: { ...okay, operationId: 'listThings' } },
    '/{any}/{other}': {
      parameters: ['any', 'other'].map((p) => ({ ...name, name: p })),
      get: {
        ...okay,
        operationId: 'search',
        parameters: [
          { name: 'free', in: 'query', style: 'form', schema: { type: 'object', additionalProperties: true } },
        ],
      },
    },
    '/$run/{a-b}.json': { parameters: [{ ...name, name: 'a-b' }], post: { ...okay, operationId: 'run' } },
  },
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    parameters: { Name: name },
    schemas: {
      Thing: {
        type: 'object',
        additionalProperties: false,
        required: ['size'],
        properties: {
          size: { type: 'integer' },
          'odd/key': { type: 'string' },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
          shape: {
            discriminator: { propertyName: 'kind' },
            oneOf: [
              {
                type: 'object',
                additionalProperties: false,
                required: ['kind', 'radius'],
                properties: { kind: { type: 'string', enum: ['round'] }, radius: { type: 'integer', minimum: 1 } },
              },
              {
                type: 'object',
                additionalProperties: false,
                required: ['kind', 'side'],
                properties: { kind: { type: 'string', enum: ['square'] }, side: { type: 'integer' } },
              },
            ],
          },
        },
      },
    },
  },
};

const REF = { 'x-ref': '0b6e7b50-3c0a-4c51-9a3c-0c5d5e3b9f10' };
const request = (more: Partial<ContractRequest>): ContractRequest => ({
  params: { name: 'n' },
  query: new URLSearchParams(),
  headers: REF,
  ...more,
});
const query = (text: string) => request({ query: new URLSearchParams(text) });
const body = (value: unknown, mediaType = 'application/json') => request({ mediaType, body: value });

describe('a compiled contract', async () => {
  const operations = await compileContract(document);
  const find = (id: string) => {
    const found = operations.find((operation) => operation.operationId === id);
    if (found === undefined) throw new Error(id);
    return found;
  };

  it('lists literal segments before parameters, so that the first route that fits is the right one', () => {
    expect(operations.map((operation) => operation.path)).toEqual([
      '/things/all',
      '/things/{name}',
      '/things/{name}',
      '/$run/{a-b}.json',
      '/{any}/{other}',
    ]);
  });

  it('writes paths for Express', () => {
    expect(find('run').route).toBe('/$run/:"a-b".json');
  });

  it('says what an operation takes, gives and requires', () => {
    expect(find('writeThing')).toMatchObject({
      method: 'PUT',
      consumes: ['application/json', 'application/json-patch+json', 'application/fhir+json'],
      produces: ['application/json'],
      bodyRequired: true,
      security: [{ key: [] }],
    });
    expect(find('readThing').security).toEqual([]);
    expect(find('writeThing').hasBodySchema('application/json')).toBe(true);
    expect(find('writeThing').hasBodySchema('application/fhir+json')).toBe(false);
  });

  const good: [string, string, ContractRequest][] = [
    ['no optional parameter', 'readThing', query('')],
    ['a number in the query', 'readThing', query('limit=3')],
    ['a list of one', 'readThing', query('tag=a')],
    ['a repeated list', 'readThing', query('tag=a&tag=b')],
    ['a list in one value', 'readThing', query('code=1,2,3')],
    ['a date-time', 'readThing', query('since=2026-11-22T10:00:00Z')],
    [
      'any query where the contract leaves it open',
      'search',
      { ...query('x=1&y=2'), params: { any: 'a', other: 'b' } },
    ],
    ['a good body', 'writeThing', body({ size: 1, parts: [{ size: 2 }] })],
    ['a body of a type with a schema of its own', 'writeThing', body([], 'application/json-patch+json')],
    ['a body whose type has no schema', 'writeThing', body(undefined, 'application/fhir+json')],
  ];
  it.each(good)('lets through %s', (_, id, parts) => {
    expect(find(id).validate(parts)).toEqual([]);
  });

  const bad: [string, ContractRequest, string, string, string][] = [
    ['readThing', query('limit=0'), 'invalid-parameter', 'limit', 'The query parameter limit must be >= 1'],
    ['readThing', query('limit=x'), 'invalid-parameter', 'limit', 'The query parameter limit must be integer'],
    ['readThing', query('limit=1&limit=2'), 'invalid-parameter', 'limit', 'The query parameter limit must be integer'],
    ['readThing', query('tag=c'), 'invalid-parameter', 'tag', 'The query parameter tag must be one of a, b'],
    ['readThing', query('nope=1'), 'invalid-parameter', 'nope', 'The query parameter nope is not known here'],
    [
      'readThing',
      query('__proto__=1'),
      'invalid-parameter',
      '__proto__',
      'The query parameter __proto__ is not known here',
    ],
    [
      'readThing',
      query('since=2026-02-30'),
      'invalid-parameter',
      'since',
      'The query parameter since must match format "date-time"',
    ],
    ['readThing', request({ headers: {} }), 'missing-header', 'X-Ref', 'The header X-Ref is required'],
    [
      'readThing',
      request({ headers: { 'x-ref': 'x' } }),
      'invalid-header',
      'X-Ref',
      'The header X-Ref must match format "uuid"',
    ],
    [
      'readThing',
      request({ params: { name: 'longer' } }),
      'invalid-id',
      'name',
      'The path parameter name must NOT have more than 5 characters',
    ],
    ['writeThing', request({}), 'bad-request', '/', 'A body is required'],
    ['writeThing', body({}), 'bad-request', '/size', 'The body must have size'],
    ['writeThing', body('text'), 'bad-request', '/', 'The body must be object'],
    ['writeThing', body(null), 'bad-request', '/', 'The body must be object'],
    ['writeThing', body({}, 'application/json-patch+json'), 'bad-request', '/', 'The body must be array'],
    [
      'writeThing',
      body({ size: 1, parts: [{ size: 1 }, { size: '2' }] }),
      'bad-request',
      '/parts/1/size',
      '/parts/1/size must be integer',
    ],
    ['writeThing', body({ size: 1, 'odd/key': 1 }), 'bad-request', '/odd~1key', '/odd~1key must be string'],
    ['writeThing', body({ size: 1, more: 1 }), 'bad-request', '/more', 'The body has more, which is not known here'],
  ];
  it.each(bad)('refuses for %s %#, naming the place', (id, parts, condition, at, detail) => {
    const [first, ...rest] = find(id).validate(parts);
    if (first === undefined) throw new Error('let through');
    expect(first).toMatchObject({ at, detail });
    expect(contractProblem([first, ...rest]).problem.condition).toBe(condition);
  });

  it.each([
    [{ kind: 'round', radius: 0 }, '/shape/radius', '/shape/radius must be >= 1'],
    [{ kind: 'square' }, '/shape/side', '/shape must have side'],
    [{ kind: 'flat' }, '/shape/kind', '/shape must have a kind that is known here'],
    [{}, '/shape/kind', '/shape must have a kind that is known here'],
  ])('judges %j only as the kind that it says it is', (shape, at, detail) => {
    expect(find('writeThing').validate(body({ size: 1, shape }))).toMatchObject([{ at, detail }]);
  });

  it('reports every fault of a request, not the first alone', () => {
    const faults = find('readThing').validate(request({ headers: {}, query: new URLSearchParams('limit=0&x=1') }));
    expect(faults.map((fault) => fault.at).toSorted()).toEqual(['X-Ref', 'limit', 'x']);
  });

  it('leaves the document that it was given as it was', () => {
    expect(document.paths['/things/{name}'].parameters).toEqual([{ $ref: '#/components/parameters/Name' }]);
  });
});

describe('compiling a contract', () => {
  it('rejects a document that is not OpenAPI', async () => {
    await expect(compileContract({ openapi: '3.0.3', info: {} })).rejects.toThrow();
  });
  it('rejects an operation without operationId', async () => {
    const paths = { '/x': { get: okay } };
    await expect(compileContract({ ...document, paths })).rejects.toThrow('GET /x has no operationId');
  });
  it('rejects two operations with one operationId', async () => {
    const get = { ...okay, operationId: 'same' };
    const paths = { '/x': { get }, '/y': { get } };
    await expect(compileContract({ ...document, paths })).rejects.toThrow('same');
  });
  it.each(['service', 'fhir-r4'])('compiles the contract %s as it stands', async (id) => {
    const text = await readFile(new URL(`../openapi/${id}.yaml`, import.meta.url), 'utf8');
    const operations = await compileContract(parse(text));
    expect(operations.length).toBeGreaterThan(5);
    for (const operation of operations) operation.validate({ params: {}, query: new URLSearchParams(), headers: {} });
  });
});
