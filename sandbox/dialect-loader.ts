import { parseDocument } from 'yaml';
import { AUTH_MODES } from './auth/mode.ts';
import type { Dialect } from './dialect.ts';
import { type Check, flag, isRecord, list, matching, oneOf, shape, table, text, whole } from './dialect-shape.ts';

const headerName = matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of an HTTP header');
const status = whole(200, 599);

const expression: Check = (value, at, faults) => {
  text(value, at, faults);
  try {
    new RegExp(String(value));
  } catch {
    faults.push(`${at}: is no regular expression`);
  }
};

const EFFECTS: Readonly<Record<string, Check>> = {
  latency: shape({ kind: text, ms: whole(1, 60_000) }),
  status: shape({ kind: text, status: whole(400, 599) }, { retryAfter: whole(0, 86_400) }),
  drop: shape({ kind: text }, { when: oneOf('before', 'after') }),
  etag: shape({ kind: text, as: oneOf('stale', 'missing') }),
  'unechoed-id': shape({ kind: text }),
  'content-type': shape({ kind: text, as: text }),
  message: shape(
    { kind: text, as: oneOf('drop', 'delay', 'late', 'reorder', 'duplicate', 'uncorrelated', 'nack') },
    { ms: whole(1, 2_592_000_000) },
  ),
  mllp: shape(
    { kind: text, as: oneOf('late', 'none', 'wrong-id', 'half-frame', 'garbage', 'reset', 'AE', 'AR') },
    { ms: whole(1, 60_000) },
  ),
};

const effect: Check = (value, at, faults) => {
  const kind = isRecord(value) ? value.kind : undefined;
  const check = typeof kind === 'string' && Object.hasOwn(EFFECTS, kind) ? EFFECTS[kind] : undefined;
  if (check === undefined) oneOf(...Object.keys(EFFECTS))(kind, `${at}.kind`, faults);
  else check(value, at, faults);
};

const dialectError = shape(
  { code: text, display: text },
  { status, issue: matching(/^[a-z-]+$/, 'a FHIR issue type'), event: text },
);

const mediaType = matching(/^[\w.+-]+\/[\w.+-]+(?:; charset=utf-8)?$/, 'a media type');
const condition = matching(/^[a-z][a-z0-9-]*$/, 'a condition');
const template = table(/./, () => undefined);
const errorFormat = shape({ type: mediaType, body: template }, { accept: mediaType, conditions: list(condition) });

const sct = /^\d{6,18}$/;
const pointerRules = shape(
  { immutable: list(text), superseded: oneOf('deleted', 'marked') },
  {
    types: table(sct, shape({ display: text, category: matching(sct, 'a SNOMED CT code') })),
    categories: table(sct, text),
  },
);

const hl7Rules = shape({
  fields: list(
    shape(
      { at: matching(/^[A-Z][A-Z0-9]{2}-\d+(?:\.\d+)?$/, 'a field, such as PID-8'), says: text },
      { is: oneOf('given', 'empty'), matches: expression, refused: flag },
    ),
  ),
});

const dialectShape = shape(
  {
    id: matching(/^[a-z][a-z0-9-]*$/, 'lower-case words joined by hyphens'),
    title: text,
    source: shape({ title: text, date: text }),
    headers: shape({
      required: list(shape({ name: headerName }, { format: oneOf('uuid'), note: text, condition, of: list(text) })),
      echoed: list(headerName),
    }),
    concurrency: shape({ ifMatchRequired: flag }, { header: headerName, form: oneOf('entity-tag', 'number') }),
    errors: shape(
      { system: text, conditions: table(/^[a-z][a-z0-9-]*$/, dialectError), default: dialectError },
      { version: text, profile: text, formats: list(errorFormat) },
    ),
    capabilities: flag,
    sentinels: list(shape({ value: text, fault: effect, note: text }, { of: text })),
  },
  {
    identity: shape({ header: headerName }),
    versions: list(text),
    versioned: list(oneOf('accept', 'content-type')),
    head: flag,
    pointers: pointerRules,
    hl7v2: hl7Rules,
    ids: shape({ pattern: expression, madeBy: oneOf('server', 'client', 'national') }, { note: text }),
    pages: shape({ usual: whole(1, 10_000), most: whole(1, 10_000) }),
    statuses: table(/^[a-z][A-Za-z]*$/, whole(200, 299)),
    authentication: shape({ modes: list(oneOf(...AUTH_MODES)) }, { note: text }),
    bodies: oneOf('as-sent', 'read'),
    bodyMax: whole(1, 104_857_600),
    beside: list(matching(/^[a-z][a-z0-9-]*$/, 'the name of a dialect')),
    patterns: list(matching(/^[a-z][a-z0-9-]*$/, 'the name of a folder under patterns/')),
  },
);

/** The shape holds every member of Dialect and no other, so what passes it is one; what does not is told in `faults`. */
const isDialect = (value: unknown, faults: string[]): value is Dialect => {
  dialectShape(value, '', faults);
  return faults.length === 0;
};

/** What is wrong with a dialect's file; `message` has one line for each fault, with its place. */
export class DialectError extends Error {
  readonly faults: readonly string[];

  constructor(file: string, faults: readonly string[]) {
    super(faults.map((fault) => `${file}: ${fault}`).join('\n'));
    this.name = 'DialectError';
    this.faults = faults;
  }
}

/**
 * The dialect in what a YAML file holds. `id` is the file's name without `.yaml`, which is the dialect's id. Throws a
 * DialectError that lists everything that is wrong, each with its place.
 */
export const dialectIn = (value: unknown, id: string): Dialect => {
  const faults: string[] = [];
  if (isDialect(value, faults) && value.id === id) return value;
  if (isRecord(value) && typeof value.id === 'string' && value.id !== id)
    faults.push(`id: must be ${id}, as the file is called, is ${value.id}`);
  throw new DialectError(`${id}.yaml`, faults);
};

/** The same from the text of the file. */
export const parseDialect = (yaml: string, id: string): Dialect => {
  const document = parseDocument(yaml);
  if (document.errors.length > 0)
    throw new DialectError(
      `${id}.yaml`,
      document.errors.map(({ message }) => message),
    );
  return dialectIn(document.toJS(), id);
};
