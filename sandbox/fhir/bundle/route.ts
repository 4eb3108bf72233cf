import { BAD_REQUEST, METHOD_NOT_ALLOWED, problem } from '../../problem.ts';

/** The operation that a method and a URL below the base mean, as the contract's paths say. */
export interface Route {
  readonly operationId: string;
  /** Path parameters of the contract. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The path below the FHIR base, without a leading slash. */
  readonly path: string;
}

const TYPE = /^[A-Z][A-Za-z]*$/;

type Shape =
  | 'system'
  | 'metadata'
  | 'history'
  | 'type'
  | 'typeHistory'
  | 'instance'
  | 'instanceHistory'
  | 'version'
  | 'compartment'
  | 'validate'
  | 'everything';

const OPERATIONS: Readonly<Record<string, Partial<Readonly<Record<Shape, string>>>>> = {
  GET: {
    system: 'searchSystem',
    metadata: 'capabilities',
    history: 'historySystem',
    type: 'searchType',
    typeHistory: 'historyType',
    instance: 'readResource',
    instanceHistory: 'historyInstance',
    version: 'vreadResource',
    compartment: 'searchCompartment',
    validate: 'validateStored',
    everything: 'patientEverything',
  },
  POST: { type: 'createResource' },
  PUT: { type: 'conditionalUpdate', instance: 'updateResource' },
  PATCH: { type: 'conditionalPatch', instance: 'patchResource' },
  DELETE: { type: 'conditionalDelete', instance: 'deleteResource' },
};

const shapeOf = (segments: readonly string[]): Shape | undefined => {
  const [first = '', second, third, fourth] = segments;
  if (segments.length === 1 && first === '') return 'system';
  if (segments.length === 1 && first === 'metadata') return 'metadata';
  if (segments.length === 1 && first === '_history') return 'history';
  if (!TYPE.test(first)) return undefined;
  if (second === undefined) return 'type';
  if (second === '_history') return third === undefined ? 'typeHistory' : undefined;
  if (third === undefined) return 'instance';
  if (third === '_history') {
    if (segments.length > 4) return undefined;
    return fourth === undefined ? 'instanceHistory' : 'version';
  }
  if (fourth !== undefined) return undefined;
  if (third === '$validate') return 'validate';
  return third === '$everything' && first === 'Patient' ? 'everything' : 'compartment';
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** Resolves `Patient/42?_pretty=true`; an absolute URL has to lie below one of `bases`. FHIR R4 http.html#transaction */
export const routeOf = (method: string, url: string, bases: readonly [string, ...string[]]): Route => {
  const own = bases.find((base) => url.startsWith(`${base}/`));
  const relative = own === undefined ? url.replace(/^\//, '') : url.slice(own.length + 1);
  const [path = '', ...rest] = relative.split('?');
  const segments = path.split('/').map(decoded);
  const shape = /^[a-z][a-z0-9+.-]*:/i.test(path) ? undefined : shapeOf(segments);
  if (shape === undefined)
    throw problem(BAD_REQUEST, `The url '${url.slice(0, 200)}' is nothing that this endpoint (${bases[0]}) serves`, {
      at: 'url',
    });
  const operationId = OPERATIONS[method]?.[shape];
  if (operationId === undefined)
    throw problem(METHOD_NOT_ALLOWED, `${method} '${url.slice(0, 200)}' is nothing that can be done in a bundle`, {
      at: 'url',
    });
  const [type, id, member, vid] = segments;
  const params = {
    ...(type !== undefined && TYPE.test(type) ? { type } : {}),
    ...(id !== undefined && id !== '_history' ? { id } : {}),
    ...(vid === undefined ? {} : { vid }),
    ...(shape === 'compartment' && member !== undefined ? { member } : {}),
  };
  return { operationId, params, query: new URLSearchParams(rest.join('?')), path };
};
