import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { answerReadiness } from './health.ts';

it('a store that says nothing is not waited for by who asks whether all is well, and is asked once at a time', async () => {
  let asked = 0;
  const store = Promise.withResolvers<never[]>();
  const silent = {
    query: <R extends object>(): Promise<R[]> => {
      asked += 1;
      return store.promise;
    },
  };
  const broker = { state: () => ({ up: true }) as const };
  const app = express().get('/readyz', answerReadiness(silent, broker, new AbortController().signal, 20));
  const answers = await Promise.all([request(app).get('/readyz'), request(app).get('/readyz')]);
  for (const { status, body } of answers)
    expect([status, body]).toEqual([503, { status: 'not ready', checks: { store: 'does not answer', broker: 'ok' } }]);
  expect(asked).toBe(1);
  store.resolve([]);
  expect((await request(app).get('/readyz')).status).toBe(200);
});
