/** What tests need of a sandbox that was created over the API. */
export interface CreatedSandbox {
  readonly id: string;
  readonly key: string;
  /** Base URL of the main participant's FHIR endpoint. */
  readonly fhir: string;
  readonly endpoints: readonly {
    readonly participant: string;
    readonly protocol: string;
    readonly url: string;
    readonly credential?: string;
    readonly note?: string;
  }[];
  readonly examples?: readonly { readonly title: string; readonly value: string; readonly note?: string }[];
}

export const request = async (
  url: string,
  method: string,
  path: string,
  options: { key?: string; body?: unknown } = {},
): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: options.body === undefined ? null : JSON.stringify(options.body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

export const createSandbox = async (url: string, options: object = {}): Promise<CreatedSandbox> => {
  const { status, body } = await request(url, 'POST', '/api/sandboxes', {
    body: { pattern: 'synchronous-request-response', ...options },
  });
  if (status !== 201) throw new Error(`creating a sandbox was answered ${status}: ${JSON.stringify(body)}`);
  // The contract's CreatedSandbox; the API's own tests check it against the schema.
  const created = body as Omit<CreatedSandbox, 'fhir'>;
  // Of several the main one comes first: a registry before its repositories.
  const mains = ['provider', 'registry', 'repository'];
  const main = created.endpoints.find(
    ({ participant, protocol }) => mains.includes(participant) && protocol === 'fhir-r4',
  );
  if (main === undefined) throw new Error('the sandbox has no FHIR endpoint of its main participant');
  return { ...created, fhir: main.url };
};

/** The body as JSON in the shape that the caller goes on to assert. */
export const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;
