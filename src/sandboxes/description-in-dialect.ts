import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import type { Dialect } from '../../sandbox/dialect.ts';
import { isRecord } from '../../sandbox/dialect-shape.ts';

type Json = Readonly<Record<string, unknown>>;

const mapped = (value: unknown, change: (one: Json) => Json): unknown => {
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(change(value)).map(([name, one]) => [name, mapped(one, change)]));
};

/** If-Match and ETag under the name that the dialect has for both. */
const versionRenamed =
  ({ header, form }: Dialect['concurrency'] & { readonly header: string }) =>
  (one: Json): Json => {
    if (one.in === 'header' && one.name === 'If-Match')
      return { ...one, name: header, ...(form === 'number' ? { example: '2' } : {}) };
    const { ETag, ...rest } = one;
    // Among the components it keeps its name, by which replies refer to it.
    if (!isRecord(ETag) || !('$ref' in ETag)) return one;
    return { ...rest, [header]: ETag };
  };

type Required = Dialect['headers']['required'][number];

const parameterOf = ({ name, format, note }: Required) => ({
  name,
  in: 'header',
  required: true,
  ...(note === undefined ? {} : { description: note }),
  schema: { type: 'string', ...(format === undefined ? {} : { format }) },
});

/** What an operation needs beside what its contract says. */
const withHeaders =
  (required: readonly Required[]) =>
  (operation: unknown): unknown => {
    if (!isRecord(operation) || operation.operationId === undefined) return operation;
    const tags: readonly unknown[] = Array.isArray(operation.tags) ? operation.tags : [];
    const wanted = required.filter(({ of }) => of === undefined || of.some((tag) => tags.includes(tag)));
    const own: readonly unknown[] = Array.isArray(operation.parameters) ? operation.parameters : [];
    return { ...operation, parameters: [...own, ...wanted.map(parameterOf)] };
  };

/**
 * A pattern's own contract as a dialect speaks it that has none: with the headers that it requires, and with the version where
 * it carries that.
 */
export const inDialect = (document: OpenApiDocument, { concurrency, headers }: Dialect): OpenApiDocument => {
  const { header } = concurrency;
  const said: unknown = header === undefined ? document : mapped(document, versionRenamed({ ...concurrency, header }));
  if (!isRecord(said) || !isRecord(said.paths) || headers.required.length === 0)
    return { ...document, ...Object(said) };
  const add = withHeaders(headers.required);
  const paths = Object.entries(said.paths).map(([path, item]) => [
    path,
    isRecord(item) ? Object.fromEntries(Object.entries(item).map(([name, one]) => [name, add(one)])) : item,
  ]);
  return { ...document, ...said, paths: Object.fromEntries(paths) };
};
