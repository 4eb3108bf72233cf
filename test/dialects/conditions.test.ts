import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Dialect } from '../../sandbox/dialect.ts';
import { parseDialect } from '../../sandbox/dialect-loader.ts';
import { renderInFormat } from '../../sandbox/http/error-format.ts';
import { renderOutcome } from '../../sandbox/http/render.ts';
import { type Problem, problem } from '../../sandbox/problem.ts';

/*
 * Condition → status, code and shape of the body, in every dialect: `<id>.yaml` beside this file is written from the API's
 * own documents, and is held against what is sent. A dialect without a table, or with a condition that is not in it, fails.
 */
const tables = new URL('./', import.meta.url);
const root = new URL('../../', import.meta.url);
const dialects = readdirSync(new URL('sandbox/dialects/', root))
  .filter((file) => /^[a-z0-9-]+\.yaml$/.test(file))
  .map((file) => file.replace('.yaml', ''));

/** Where problems are declared that a dialect may have a code for. */
const declared = [
  'sandbox/problem.ts',
  'sandbox/booking.ts',
  'sandbox/fhir/business-identifiers.ts',
  ...readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(?:sandbox|patterns)\/(?!.*\/test\/).*problems\.ts$/.test(file),
  ),
];

const isTemplate = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'condition' in value && 'issue' in value;

const templates = new Map(
  (await Promise.all(declared.map(async (file): Promise<object> => import(new URL(file, root).href)))).flatMap(
    (loaded) =>
      Object.values(loaded)
        .filter(isTemplate)
        .map((template) => [template.condition, template] as const),
  ),
);

interface Table {
  /** What a body looks like. */
  readonly shape: string;
  /** `404 NOT-FOUND`, or `400 invalid, validationErrors` where the shape is another. */
  readonly conditions: Readonly<Record<string, string>>;
}

const read = (file: URL): string => readFileSync(file, 'utf8');

/** The members of a body, for APIs that have bodies of their own: `errors`, `fault`; an OperationOutcome is called that. */
const shapeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'issue' in body
    ? 'OperationOutcome'
    : Object.keys(Object(body)).join('+');

const sent = (dialect: Dialect, condition: string): { readonly line: string; readonly shape: string } => {
  const said = dialect.errors.conditions[condition];
  const template = templates.get(condition) ?? { condition, title: condition, status: 0, issue: 'processing' };
  const error = problem(template, 'What is wrong', { at: '/part' });
  const question = { error, dialect, accept: undefined, correlation: 'c', params: {} };
  const { status, body } = renderInFormat(question) ?? renderOutcome(error, dialect, false);
  return { line: `${status} ${said?.code ?? ''}`, shape: shapeOf(JSON.parse(body)) };
};

describe.each(dialects)('the dialect %s', (id) => {
  const dialect = parseDialect(read(new URL(`sandbox/dialects/${id}.yaml`, root)), id);
  // Written beside this file, and read by it alone.
  const table: Table = parse(read(new URL(`${id}.yaml`, tables)));

  it('has a row for every condition that it names', () => {
    expect(
      Object.keys(dialect.errors.conditions).filter((condition) => table.conditions[condition] === undefined),
    ).toEqual([]);
  });

  it.each(Object.entries(table.conditions))('says %s as %s', (condition, row) => {
    const [line, shape = table.shape] = row.split(', ');
    expect(sent(dialect, condition)).toEqual({ line, shape });
  });
});
