import { readFile } from 'node:fs/promises';
import supertest from 'supertest';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type OpenApiDocument, readDefinitions } from '../../../sandbox/contract-schema.ts';

/** Whatever is called (openapi/service.yaml, info.description): no one operation answers these. */
const ANYWHERE = new Set([405, 421, 501]);

export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, as whoever asked expects it; for anything else the text. */
  readonly body: T;
}

export interface Sent {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export type CheckedApi = <T = Record<string, unknown>>(method: string, path: string, sent?: Sent) => Promise<Answer<T>>;

/** Calls the service by supertest and holds each answer against the contract: its status documented, its body valid. */
export const checkedApi = async (url: string): Promise<CheckedApi> => {
  const contract: OpenApiDocument = parse(
    await readFile(new URL('../../../openapi/service.yaml', import.meta.url), 'utf8'),
  );
  const { operations, validator } = await readDefinitions(contract);
  const routes = operations.map((operation) => ({
    operation,
    matches: new RegExp(`^${operation.path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  }));
  const agent = supertest(url);
  return async (method, path, { key, headers = {}, body } = {}) => {
    const verb = method.toLowerCase() as 'get';
    let request = agent[verb](path).set(headers).redirects(0);
    if (key !== undefined) request = request.set('authorization', `Bearer ${key}`);
    if (body !== undefined) {
      request = request.set('content-type', headers['content-type'] ?? 'application/json');
      request = request.send(typeof body === 'string' ? body : JSON.stringify(body));
    }
    const response = await request;
    const type = String(response.headers['content-type'] ?? '');
    const isJson = /json/.test(type);
    const answer = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(response.text) : response.text,
    };
    if (response.status >= 400) expect(type, `${method} ${path}`).toContain('application/problem+json');
    const bare = path.split('?')[0] ?? '';
    const route = routes.find(({ operation, matches }) => operation.method === verb && matches.test(bare));
    if (route === undefined || ANYWHERE.has(response.status)) return answer;
    const documented = Object.keys(route.operation.responses ?? {});
    expect(documented, `${route.operation.operationId} answered ${response.status} ${response.text}`).toContain(
      String(response.status),
    );
    if (isJson) {
      const { errors } = validator.validateResponse(answer.body, route.operation, response.status);
      expect(errors ?? [], `${route.operation.operationId} ${response.text}`).toEqual([]);
    }
    return answer;
  };
};
