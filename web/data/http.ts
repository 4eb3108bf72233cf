/** What is wrong and where: one entry of problem+json's `errors`. */
export interface ProblemEntry {
  readonly detail: string;
  readonly at?: string;
}

/** A refusal of the service (RFC 9457), or of the network: then `status` is 0. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly entries: readonly ProblemEntry[];

  constructor(status: number, title: string, detail: string, entries: readonly ProblemEntry[]) {
    super(detail === '' ? title : detail);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
    this.entries = entries;
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const entriesOf = (value: unknown): ProblemEntry[] =>
  (Array.isArray(value) ? value : []).map((item: unknown) => {
    const { detail, at } = record(item);
    return typeof at === 'string' ? { detail: text(detail), at } : { detail: text(detail) };
  });

const refusal = async (response: Response): Promise<ApiError> => {
  const body = record(await response.json().catch(() => undefined));
  const title = text(body.title) || `The service answered ${response.status}`;
  return new ApiError(response.status, title, text(body.detail), entriesOf(body.errors));
};

export interface Options {
  readonly method?: string;
  readonly body?: unknown;
  /** A body that is sent as it is, of this media type. */
  readonly text?: { readonly type: string; readonly content: string };
  /** The key of a sandbox, or ADMIN_KEY. */
  readonly key?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** Sends a request to our own origin; throws ApiError for everything but 2xx. */
export const request = async (path: string, options: Options = {}): Promise<Response> => {
  const headers = new Headers({ accept: options.accept ?? 'application/json, application/problem+json' });
  if (options.key !== undefined) headers.set('authorization', `Bearer ${options.key}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.text !== undefined) headers.set('content-type', options.text.type);
  const init: RequestInit = { method: options.method ?? 'GET', headers, cache: 'no-store' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.text !== undefined) init.body = options.text.content;
  if (options.signal !== undefined) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new ApiError(
      0,
      'The service cannot be reached',
      'Fingerpost does not answer. Check that it is running, then try again.',
      [],
    );
  }
  if (!response.ok) throw await refusal(response);
  return response;
};

/** The body as the type that the contract promises; the service's tests hold it to that. */
export const json = async <T>(path: string, options: Options = {}): Promise<T> =>
  (await (await request(path, options)).json()) as T;
