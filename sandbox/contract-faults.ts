import {
  BAD_REQUEST,
  type Fault,
  INVALID_HEADER,
  INVALID_ID,
  INVALID_PARAMETER,
  MISSING_HEADER,
  type Problem,
  ProblemError,
} from './problem.ts';

export type Place = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** A fault of a request against its contract. `at` is a parameter's or header's name, or a JSON pointer into the body. */
export interface ContractFault extends Fault {
  readonly at: string;
  readonly in: Place;
  readonly missing: boolean;
}

/** The part of Ajv's ErrorObject that is read here. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

const PLACES: Readonly<Record<string, Place>> = {
  path: 'path',
  query: 'query',
  header: 'header',
  cookie: 'cookie',
  requestBody: 'body',
};
const CALLED: Readonly<Record<Place, string>> = {
  path: 'The path parameter',
  query: 'The query parameter',
  header: 'The header',
  cookie: 'The cookie',
  body: 'The body',
};

const unescapePointer = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

const messageOf = (error: SchemaError): string => {
  const { allowedValues, allowedValue } = error.params;
  if (error.keyword === 'enum' && Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`;
  if (error.keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`;
  return error.message ?? 'is not valid';
};

const bodyFault = (error: SchemaError, pointer: string): ContractFault => {
  const { missingProperty, additionalProperty, tag } = error.params;
  const place = { in: 'body', missing: error.keyword === 'required' } as const;
  const where = pointer === '' ? 'The body' : pointer;
  if (typeof missingProperty === 'string')
    return { ...place, at: `${pointer}/${missingProperty}`, detail: `${where} must have ${missingProperty}` };
  if (typeof additionalProperty === 'string')
    return {
      ...place,
      at: `${pointer}/${additionalProperty}`,
      detail: `${where} has ${additionalProperty}, which is not known here`,
    };
  if (error.keyword === 'discriminator' && typeof tag === 'string')
    return { ...place, at: `${pointer}/${tag}`, detail: `${where} must have a ${tag} that is known here` };
  return { ...place, at: pointer === '' ? '/' : pointer, detail: `${where} ${messageOf(error)}` };
};

/** Turns one Ajv error into a fault that names the place in the caller's own terms; `names` gives headers their spelling. */
export const contractFault = (error: SchemaError, names: ReadonlyMap<string, string>): ContractFault => {
  const [, first = '', ...rest] = error.instancePath.split('/');
  const { missingProperty, additionalProperty } = error.params;
  const place = PLACES[first] ?? PLACES[String(missingProperty)] ?? 'body';
  if (place === 'body')
    return first === ''
      ? { in: 'body', missing: true, at: '/', detail: 'A body is required' }
      : bodyFault(error, rest.map((segment) => `/${segment}`).join(''));
  const raw = rest[0] === undefined ? String(missingProperty ?? additionalProperty ?? '') : unescapePointer(rest[0]);
  const name = names.get(`${place}:${raw}`) ?? raw;
  if (rest.length === 0 && error.keyword === 'required')
    return { in: place, missing: true, at: name, detail: `${CALLED[place]} ${name} is required` };
  if (rest.length === 0 && error.keyword === 'additionalProperties')
    return { in: place, missing: false, at: name, detail: `${CALLED[place]} ${name} is not known here` };
  return { in: place, missing: false, at: name, detail: `${CALLED[place]} ${name} ${messageOf(error)}` };
};

const templateFor = (fault: ContractFault): Problem => {
  if (fault.in === 'path') return INVALID_ID;
  if (fault.in === 'query') return INVALID_PARAMETER;
  if (fault.in === 'header') return fault.missing ? MISSING_HEADER : INVALID_HEADER;
  return BAD_REQUEST;
};

/** The problem that a faulty request is refused with: the template follows the first fault, all faults are told. */
export const contractProblem = (faults: readonly [ContractFault, ...ContractFault[]]): ProblemError =>
  new ProblemError(templateFor(faults[0]), faults);
