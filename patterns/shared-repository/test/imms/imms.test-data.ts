import { expect } from 'vitest';
import type { Answered } from '../../../../sandbox/pattern-harness.test-data.ts';
import { writesAs } from '../../organisations.ts';
import { vaccination as recorded } from '../../vaccination.ts';
import { type Asked, type Box, codesOf, wordsOf } from '../shared.test-data.ts';

let count = 0;
/** An immunisation that nobody has recorded yet. */
export const vaccination = (
  more: object = {},
  vaccine = 'FLU',
  patient: string | undefined = '9000000009',
): Record<string, unknown> => {
  count += 1;
  const record = recorded({
    by: writesAs('contributor'),
    value: `v${count}`,
    vaccine,
    at: Date.UTC(2026, 9, 1),
    ...(patient === undefined ? {} : { patient }),
  });
  return { ...record, ...more };
};

export const without = (name: string): Record<string, unknown> => {
  const { [name]: _, ...rest } = vaccination();
  return rest;
};

export const posted = async (box: Box, body: object, as?: string): Promise<{ id: string; body: object }> => {
  const made = await box.fhir('Immunization', { method: 'POST', body, ...(as === undefined ? {} : { as }) });
  expect(made.status).toBe(201);
  const id = /\/Immunization\/([^/]+)$/.exec(made.headers.get('location') ?? '')?.[1] ?? '';
  expect([made.headers.get('e-tag'), made.body]).toEqual(['1', undefined]);
  return { id, body: { ...body, id } };
};

export const put = (box: Box, id: string, body: object, etag?: string, more: Asked = {}) =>
  box.fhir(`Immunization/${id}`, {
    method: 'PUT',
    body,
    ...more,
    headers: etag === undefined ? {} : { 'e-tag': etag },
  });

/** Condition, request, status, code and some of what is said. */
export type Refusal = readonly [string, (box: Box) => Promise<Answered>, number, string, string];

/** Whether it was refused so, in an OperationOutcome as the API has them. */
export const expectRefused = (refused: Answered, [, , status, code, words]: Refusal): void => {
  expect([refused.status, codesOf(refused)]).toEqual([status, [code]]);
  expect(wordsOf(refused)).toContain(words);
  expect(refused.body).toMatchObject({
    resourceType: 'OperationOutcome',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    meta: { profile: ['https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome'] },
    issue: [
      { severity: 'error', details: { coding: [{ system: 'https://fhir.nhs.uk/Codesystem/http-error-codes' }] } },
    ],
  });
};
