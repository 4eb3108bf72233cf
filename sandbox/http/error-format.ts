import type { Dialect, ErrorFormat } from '../dialect.ts';
import type { ProblemError } from '../problem.ts';
import type { Rendered } from './render.ts';

/** What a format can say of one refusal; see ErrorFormat. */
export interface Refusal {
  readonly error: ProblemError;
  readonly dialect: Dialect;
  readonly accept: string | undefined;
  readonly correlation: string;
  /** The parameters of the path, as far as it was matched. */
  readonly params: Readonly<Record<string, string>>;
}

type Values = Readonly<Record<string, string | readonly string[] | Readonly<Record<string, string>> | undefined>>;

const ONE = /^\{([\w.-]+)\}$/;
const SOME = /\{([\w.-]+)\}/g;

/** Where a place begins, as JSON Pointers and FHIRPath have it. */
const ROOT = /^(?:\/|[A-Z]\w*\.)/;

/** `channel.endpoint` → what is wrong with it; what is wrong with no part of a request is wrong with its body. */
const placesIn = ({ faults, problem: { title } }: ProblemError): Readonly<Record<string, string>> =>
  faults.length === 0
    ? { body: title }
    : Object.fromEntries(
        faults.map(({ at, detail }) => [at?.replace(ROOT, '').replaceAll('/', '.') || 'body', detail]),
      );

/** Undefined where it is nothing but a name without a value. */
const fill = (template: unknown, values: Values): unknown => {
  if (typeof template === 'string') {
    const only = ONE.exec(template)?.[1];
    return only === undefined
      ? template.replaceAll(SOME, (_, name: string) => String(values[name] ?? ''))
      : values[only];
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, values)).filter((item) => item !== undefined);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, item]) => {
      const filled = fill(item, values);
      return filled === undefined ? [] : [[name, filled]];
    }),
  );
};

const fits = ({ conditions, accept }: ErrorFormat, { error, accept: asked }: Refusal): boolean =>
  (conditions?.includes(error.problem.condition) ?? true) &&
  (accept === undefined || (asked?.toLowerCase().includes(accept) ?? false));

/** The refusal as the dialect's first format that fits says it; undefined where it has none. */
export const renderInFormat = (refusal: Refusal): Rendered | undefined => {
  const { error, dialect, correlation, params } = refusal;
  const format = dialect.errors.formats?.find((one) => fits(one, refusal));
  if (format === undefined) return undefined;
  const { condition, title, status: usual } = error.problem;
  const said = dialect.errors.conditions[condition] ?? dialect.errors.default;
  const status = said.status ?? usual;
  const details = error.faults.length === 0 ? [title] : error.faults.map(({ detail }) => detail);
  const values: Values = {
    code: said.code,
    display: said.display,
    event: said.event,
    status: String(status),
    title,
    detail: details.join('; '),
    details,
    places: placesIn(error),
    correlation,
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`path.${name}`, value])),
  };
  return {
    status,
    headers: { ...error.headers, 'content-type': format.type },
    body: JSON.stringify(fill(format.body, values)),
  };
};
