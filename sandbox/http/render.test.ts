import { describe, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { INVALID_PARAMETER, MISSING_HEADER, ProblemError, problem, VERSION_CONFLICT } from '../problem.ts';
import { SqlError } from '../sql/error.ts';
import { problemOf, renderOutcome, renderProblem, wantsPlainJson } from './render.ts';

const dialect = {
  errors: {
    system: 'urn:codes',
    version: '1',
    conditions: { 'version-conflict': { status: 409, code: 'MISMATCH', display: 'Mismatch', issue: 'duplicate' } },
    default: { code: 'OTHER', display: 'Other' },
  },
} as unknown as Dialect;

const outcomeOf = (error: ProblemError, known: Dialect | undefined = dialect) =>
  JSON.parse(renderOutcome(error, known, false).body);

describe('an OperationOutcome', () => {
  it("speaks the dialect's status, code and issue type", () => {
    const rendered = renderOutcome(problem(VERSION_CONFLICT, 'It is version 3'), dialect, false);
    expect(rendered.status).toBe(409);
    expect(JSON.parse(rendered.body)).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'duplicate',
          details: {
            coding: [{ system: 'urn:codes', version: '1', code: 'MISMATCH', display: 'Mismatch' }],
            text: VERSION_CONFLICT.title,
          },
          diagnostics: 'It is version 3',
        },
      ],
    });
  });

  it('uses the default code with the status of the template for a condition that the dialect does not list', () => {
    const rendered = renderOutcome(problem(MISSING_HEADER, 'x'), dialect, false);
    expect(rendered.status).toBe(400);
    expect(JSON.parse(rendered.body).issue[0]).toMatchObject({
      code: 'required',
      details: { coding: [{ code: 'OTHER' }] },
    });
  });

  it('has one issue for each fault, with its own severity and type', () => {
    const faults = [{ detail: 'a', severity: 'warning', issue: 'informational' }, { detail: 'b' }] as const;
    expect(outcomeOf(new ProblemError(INVALID_PARAMETER, faults)).issue).toMatchObject([
      { severity: 'warning', code: 'informational', diagnostics: 'a' },
      { severity: 'error', code: 'invalid', diagnostics: 'b' },
    ]);
  });

  it.each([
    ['Patient.name[0].family', { expression: ['Patient.name[0].family'] }],
    ['Patient', { expression: ['Patient'] }],
    ['X-Request-ID', { location: ['http.X-Request-ID'] }],
    ['_count', { location: ['http._count'] }],
    ['If-Match', { location: ['http.If-Match'] }],
  ])('says where: %s', (at, place) => {
    expect(outcomeOf(problem(INVALID_PARAMETER, 'x', { at })).issue[0]).toMatchObject(place);
  });

  it('does without codes where no dialect is known', () => {
    expect(JSON.parse(renderOutcome(problem(MISSING_HEADER, 'x'), undefined, false).body).issue[0].details).toEqual({
      text: MISSING_HEADER.title,
    });
  });

  it.each([
    ['application/json', null, 'application/json; charset=utf-8'],
    ['application/json; charset=utf-8', null, 'application/json; charset=utf-8'],
    ['application/json, application/fhir+json', null, 'application/fhir+json; charset=utf-8'],
    ['*/*', null, 'application/fhir+json; charset=utf-8'],
    [undefined, null, 'application/fhir+json; charset=utf-8'],
    ['text/html', 'application/json', 'application/json; charset=utf-8'],
    ['application/json', 'application/fhir+json', 'application/fhir+json; charset=utf-8'],
  ])('for Accept %s and _format %s is %s', (accept, format, type) => {
    const rendered = renderOutcome(problem(MISSING_HEADER, 'x'), dialect, wantsPlainJson(accept, format));
    expect(rendered.headers['content-type']).toBe(type);
  });

  it('keeps the headers that the problem came with', () => {
    const error = problem(MISSING_HEADER, 'x', { headers: { 'retry-after': '3' } });
    expect(renderOutcome(error, dialect, false).headers['retry-after']).toBe('3');
  });
});

describe('problem+json', () => {
  it('names the condition, every fault and its place', () => {
    const faults = [{ detail: 'a is wrong', at: '/a' }, { detail: 'b is wrong' }];
    const rendered = renderProblem(new ProblemError(INVALID_PARAMETER, faults), 'urn:uuid:1');
    expect(rendered.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(rendered.body)).toEqual({
      type: 'https://integration.example/problem/invalid-parameter',
      title: INVALID_PARAMETER.title,
      status: 400,
      detail: 'a is wrong; b is wrong',
      instance: 'urn:uuid:1',
      errors: faults,
    });
  });
});

describe('something that nobody foresaw', () => {
  it('is a 500 that tells only where to look in the log', () => {
    const error = problemOf(new TypeError('secret is undefined'), 'c-1');
    expect(error.problem.status).toBe(500);
    expect(error.message).not.toContain('secret');
    expect(error.message).toContain('c-1');
  });
});

describe('a store that is away', () => {
  it.each([
    ['unreachable', /nothing was changed/],
    ['unknown', /may have been carried out, or not/],
  ] as const)('is a 503 that says after which time to come again, and what became of it (%s)', (trouble, detail) => {
    const rendered = renderOutcome(problemOf(new SqlError(trouble, 'secret host'), 'c-1'), undefined, false);
    expect(rendered).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(rendered.body).toMatch(detail);
    expect(rendered.body).not.toContain('secret');
  });

  it('is not what a statement that fails is taken for', () => {
    expect(problemOf(new SqlError('failed', 'x'), 'c-1').problem.status).toBe(500);
  });
});
