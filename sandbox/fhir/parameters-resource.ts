import { INVALID_RESOURCE, problem } from '../problem.ts';
import { isResource } from './stored.ts';

/** One parameter of an operation: its value, or the resource that it is. */
export interface OperationParameter {
  readonly name: string;
  readonly value: unknown;
  readonly resource: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parameters of an operation that was called with a Parameters resource; refuses with the place what is none. */
export const parametersOf = (body: unknown): readonly OperationParameter[] => {
  if (!isResource(body) || body.resourceType !== 'Parameters')
    throw problem(INVALID_RESOURCE, 'The body has to be a Parameters resource', { at: 'Parameters' });
  const { parameter = [] } = body;
  if (!Array.isArray(parameter)) throw problem(INVALID_RESOURCE, 'must be an array', { at: 'Parameters.parameter' });
  return parameter.map((each: unknown, index) => {
    if (!isObject(each) || typeof each.name !== 'string')
      throw problem(INVALID_RESOURCE, 'must be an object with a name', { at: `Parameters.parameter[${index}]` });
    const key = Object.keys(each).find((name) => /^value[A-Z]/.test(name));
    return { name: each.name, value: key === undefined ? undefined : each[key], resource: each.resource };
  });
};
