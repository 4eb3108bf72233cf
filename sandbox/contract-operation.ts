import type { ContractOperation } from './contract.ts';
import { type ContractFault, contractFault, type SchemaError } from './contract-faults.ts';
import type { RawOperation } from './contract-schema.ts';

type Validator = ((data: unknown) => unknown) & { errors?: SchemaError[] | null | undefined };
type Parameter = { name: string; in: string; schema?: { type?: unknown }; explode?: boolean; style?: string };

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json$/;
const NO_FAULTS: readonly ContractFault[] = [];

const routeSegment = (segment: string): string =>
  segment
    .split(/(\{[^}]+\})/)
    .map((piece) =>
      piece.startsWith('{') ? `:${JSON.stringify(piece.slice(1, -1))}` : piece.replaceAll(/[{}()[\]+?!:*\\]/g, '\\$&'),
    )
    .join('');

const isParameter = (value: object): value is Parameter => 'name' in value && 'in' in value;

/** Query values as the schema expects them: a list where the parameter is an array, else the one value (or all, if repeated). */
const queryParts = (query: URLSearchParams, arrays: ReadonlyMap<string, string | undefined>) => {
  const parts: Record<string, string | string[]> = Object.create(null);
  for (const name of query.keys()) {
    if (name in parts) continue;
    const values = query.getAll(name);
    const [first = ''] = values;
    const separator = arrays.get(name);
    if (arrays.has(name)) parts[name] = separator === undefined ? values : values.flatMap((v) => v.split(separator));
    else parts[name] = values.length === 1 ? first : values;
  }
  return parts;
};

const separatorOf = (parameter: Parameter): string | undefined => {
  if (parameter.explode !== false) return undefined;
  if (parameter.style === 'pipeDelimited') return '|';
  return parameter.style === 'spaceDelimited' ? ' ' : ',';
};

const contentOf = (value: unknown): Readonly<Record<string, { schema?: unknown }>> =>
  typeof value === 'object' && value !== null && 'content' in value && typeof value.content === 'object'
    ? { ...value.content }
    : {};

const successTypes = (operation: RawOperation): string[] => [
  ...new Set(
    Object.entries(operation.responses ?? {})
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([, response]) => Object.keys(contentOf(response))),
  ),
];

const collect = (validate: Validator, data: unknown, names: ReadonlyMap<string, string>): readonly ContractFault[] =>
  validate(data) ? NO_FAULTS : (validate.errors ?? []).map((error) => contractFault(error, names));

/** Compiles one operation; `buildValidators` is openapi-backend's, the body's validator (if any) before the parameters'. */
export const compileOperation = (
  operation: RawOperation,
  buildValidators: (operation: RawOperation) => readonly Validator[],
): ContractOperation => {
  const { operationId, path, method } = operation;
  if (operationId === undefined) throw new Error(`${method.toUpperCase()} ${path} has no operationId`);
  const parameters = (operation.parameters ?? []).flatMap((p) => (isParameter(p) ? [p] : []));
  const names = new Map(
    parameters.map((p) => [`${p.in}:${p.in === 'header' ? p.name.toLowerCase() : p.name}`, p.name] as const),
  );
  const arrays = new Map(
    parameters
      .filter((p) => p.in === 'query' && p.schema?.type === 'array')
      .map((p) => [p.name, separatorOf(p)] as const),
  );
  const content = contentOf(operation.requestBody);
  const bodyRequired =
    operation.requestBody !== undefined &&
    'required' in operation.requestBody &&
    operation.requestBody.required === true;
  const hasBodySchema = (type: string) => JSON_TYPE.test(type) && content[type]?.schema !== undefined;

  // Validators are built when the operation is first used: compiling all of a contract costs more than starting may take.
  const { requestBody: _, ...withoutBody } = operation;
  let ofParameters: Validator | undefined;
  const ofBodies = new Map<string, Validator>();
  const bodyValidator = (type: string): Validator | undefined => {
    // openapi-backend builds a body validator for plain application/json only, so every JSON type is presented as that.
    const schema = content[type]?.schema;
    const known = ofBodies.get(type);
    if (known !== undefined || schema === undefined) return known;
    const presented = { ...withoutBody, parameters: [], requestBody: { content: { 'application/json': { schema } } } };
    const [built] = buildValidators(presented as RawOperation);
    if (built !== undefined) ofBodies.set(type, built);
    return built;
  };

  return {
    operationId,
    tags: operation.tags ?? [],
    method: method.toUpperCase(),
    path,
    route: path.split('/').map(routeSegment).join('/'),
    security: operation.security ?? [],
    open: Reflect.get(operation, 'x-own-proof') === true,
    consumes: Object.keys(content),
    bodyRequired,
    produces: successTypes(operation),
    hasBodySchema,
    validate: (request) => {
      ofParameters ??= buildValidators(withoutBody as RawOperation).at(-1);
      const parts = {
        path: request.params,
        query: queryParts(request.query, arrays),
        header: request.headers,
        cookie: {},
      };
      const faults = ofParameters === undefined ? NO_FAULTS : collect(ofParameters, parts, names);
      const type = request.mediaType;
      if (type === undefined)
        return bodyRequired
          ? [...faults, { in: 'body', missing: true, at: '/', detail: 'A body is required' }]
          : faults;
      if (!hasBodySchema(type)) return faults;
      const validate = bodyValidator(type);
      if (validate === undefined) return faults;
      const ofBody = collect(validate, { requestBody: request.body }, names);
      return ofBody.length === 0 ? faults : [...faults, ...ofBody];
    },
  };
};
