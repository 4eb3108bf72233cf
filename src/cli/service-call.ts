import { Option } from 'commander';

/** A running service, and the key of whoever calls it. */
export interface Where {
  readonly url: string;
  readonly key?: string;
}

/** What a problem says of itself; another system's answer, at another --url, is shown as it came. */
const whatIsWrong = (text: string): string => {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== 'object' || problem === null || !('detail' in problem)) return text;
    return String(problem.detail);
  } catch {
    return text;
  }
};

/** One call of the service's API; anything but success is printed as the problem that it is, with exit code 1. */
export const call = async (where: Where, method: string, path: string, body?: object): Promise<unknown> => {
  const headers = {
    ...(where.key === undefined ? {} : { authorization: `Bearer ${where.key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const response = await fetch(new URL(path, where.url), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(
      `No Fingerpost answers at ${where.url} (${cause}). Start one with "fingerpost serve", or name another with --url`,
    );
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}\n${whatIsWrong(text)}`);
  return text === '' ? undefined : JSON.parse(text);
};

export const serviceUrl = () =>
  new Option('--url <url>', 'address of the running service').env('FINGERPOST_URL').default('http://127.0.0.1:8080');

export const adminKey = () =>
  new Option('--key <key>', 'ADMIN_KEY, where the service asks for it').env('FINGERPOST_ADMIN_KEY');
