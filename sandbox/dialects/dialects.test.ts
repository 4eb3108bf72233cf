import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { parseDialect } from '../dialect-loader.ts';
import { renderOutcome } from '../http/render.ts';
import { hasValidCheckDigit, isTestNumber } from '../nhs-number.ts';
import * as known from '../problem.ts';
import { type Problem, problem } from '../problem.ts';
import * as ofPds from './pds-problems.ts';

const folder = new URL('./', import.meta.url);
const load = (id: string): Dialect => parseDialect(readFileSync(new URL(`${id}.yaml`, folder), 'utf8'), id);
const dialects = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.openapi.yaml'))
  .map((file) => load(file.replace('.yaml', '')));

const isTemplate = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'condition' in value && 'issue' in value;
const templates = Object.values(known).filter(isTemplate);
const templatesOfPds = Object.values(ofPds).filter(isTemplate);

const ISSUE_TYPES: ReadonlySet<string> = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing not-supported ' +
    'duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule conflict transient ' +
    'lock-error no-store exception timeout incomplete throttled informational'
  ).split(' '),
);

describe.each(dialects.map((dialect) => [dialect.id, dialect] as const))('the dialect %s', (id, dialect) => {
  it('says every condition that can occur', () => {
    const said = Object.keys(dialect.errors.conditions);
    expect(templates.map(({ condition }) => condition).filter((condition) => !said.includes(condition))).toEqual([]);
    if (id === 'pds') for (const { condition } of templatesOfPds) expect(said).toContain(condition);
  });

  it.each(templates.map((template) => [template.condition, template] as const))(
    'renders %s as an OperationOutcome in its own code',
    (condition, template) => {
      const said = dialect.errors.conditions[condition];
      const rendered = renderOutcome(problem(template, 'What is wrong', { at: 'Patient.name[0]' }), dialect, false);
      expect(rendered.status).toBe(said?.status ?? template.status);
      const outcome: fhir4.OperationOutcome = JSON.parse(rendered.body);
      expect(outcome.resourceType).toBe('OperationOutcome');
      const [issue] = outcome.issue;
      expect(ISSUE_TYPES.has(issue?.code ?? '')).toBe(true);
      expect(issue?.details?.coding).toEqual([
        { system: dialect.errors.system, version: dialect.errors.version, code: said?.code, display: said?.display },
      ]);
      expect(issue).toMatchObject({ severity: 'error', diagnostics: 'What is wrong', expression: ['Patient.name[0]'] });
    },
  );

  it('uses sentinels each for one thing; those that are NHS numbers are valid test numbers', () => {
    const values = dialect.sentinels.map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    for (const value of values.filter((one) => /^\d+$/.test(one)))
      expect(hasValidCheckDigit(value) && isTestNumber(value)).toBe(true);
  });

  it('names the document that it follows, with a date', () => {
    expect(dialect.source.date).toMatch(/^\d{4}-\d{2}/);
  });
});

describe('where the two dialects differ', () => {
  const [fhir, pds] = [load('fhir-r4'), load('pds')];
  const said = (dialect: Dialect, template: Problem): string => {
    const { status, body } = renderOutcome(problem(template, 'x'), dialect, false);
    return `${status} ${JSON.parse(body).issue[0].details.coding[0].code}`;
  };

  it.each([
    ['an update without its version', known.PRECONDITION_MISSING, '400 required', '412 PRECONDITION_FAILED'],
    ['an update of an old version', known.VERSION_CONFLICT, '412 conflict', '409 RESOURCE_VERSION_MISMATCH'],
    ['an unknown id', known.NOT_FOUND, '404 not-found', '404 RESOURCE_NOT_FOUND'],
    ['a malformed id', known.INVALID_ID, '400 value', '400 INVALID_RESOURCE_ID'],
    ['a record that is gone', known.GONE, '410 deleted', '404 INVALIDATED_RESOURCE'],
    ['a body of another type', known.UNSUPPORTED_MEDIA_TYPE, '415 not-supported', '400 UNSUPPORTED_SERVICE'],
    ['a header that is missing', known.MISSING_HEADER, '400 required', '400 MISSING_VALUE'],
    ['a header that is wrong', known.INVALID_HEADER, '400 value', '400 INVALID_VALUE'],
    ['no credentials', known.UNAUTHENTICATED, '401 login', '401 ACCESS_DENIED'],
    ['too many requests', known.TOO_MANY_REQUESTS, '429 throttled', '429 TOO_MANY_REQUESTS'],
    ['being away', known.UNAVAILABLE, '503 transient', '503 SERVICE_UNAVAILABLE'],
    ['being too slow', known.UPSTREAM_TIMEOUT, '504 timeout', '408 UNABLE_TO_CALL_SERVICE'],
    ['nothing at that path', known.UNKNOWN_PATH, '404 not-supported', '404 UNSUPPORTED_SERVICE'],
  ])('%s', (_, template, inFhir, inPds) => {
    expect(said(fhir, template)).toBe(inFhir);
    expect(said(pds, template)).toBe(inPds);
  });
});
