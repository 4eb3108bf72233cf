import { describeBroken } from '../../sandbox/conformance/broken.ts';
import { readBody } from '../../sandbox/conformance/read-body.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { UnreachableError, UsageError } from '../../sandbox/conformance/run-errors.ts';
import { isRecord } from '../catalogue-manifest.ts';

/** How long a service may take to judge, and how large its report may be: a journal of 5,000 exchanges takes a second. */
const WITHIN = 120_000;
const BODY_MAX = 256 * 1024 * 1024;

export interface SandboxPlace {
  /** Base address of the service that has it. */
  readonly service: string;
  readonly id: string;
  /** The key that a copied link carries in its fragment. */
  readonly key?: string;
}

/** Where a sandbox is: its id at the service, or any address of it: of its page, of its API or of an endpoint. */
export const placeOf = (given: string, service: string): SandboxPlace => {
  if (!/^https?:/i.test(given)) {
    if (/^[\w-]{1,64}$/.test(given)) return { service, id: given };
    throw new UsageError(`"${given}" is neither the id nor an address of a sandbox`);
  }
  const url = URL.parse(given);
  const [, base, id] = /^(.*?)(?:\/api)?\/sandboxes\/([\w-]{1,64})(?:\/|$)/.exec(url?.pathname ?? '') ?? [];
  if (url === null || base === undefined || id === undefined)
    throw new UsageError(`${given} is no address of a sandbox: http://…/sandboxes/<id> is`);
  const key = new URLSearchParams(url.hash.slice(1)).get('key');
  return { service: `${url.origin}${base}`, id, ...(key === null ? {} : { key }) };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a problem says of itself; another server's answer is shown as it came. */
const detailOf = (text: string): string => {
  const problem = jsonOf(text);
  return isRecord(problem) ? String(problem.detail ?? problem.title) : text.slice(0, 500);
};

const isReport = (value: unknown): value is Report =>
  isRecord(value) && Array.isArray(value.requirements) && Array.isArray(value.exchanges) && isRecord(value.counts);

/**
 * Has the service judge a participant. Throws UnreachableError where no Fingerpost answers, UsageError where it refuses:
 * an unknown sandbox or key, nobody to judge.
 */
export const judgeInSandbox = async (
  { service, id }: SandboxPlace,
  key: string,
  asked: object,
  signal: AbortSignal,
): Promise<Report> => {
  const over = AbortSignal.timeout(WITHIN);
  const answered = fetch(`${service}/api/sandboxes/${id}/conformance`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(asked),
    // A key goes to whom it was meant for, and nowhere else.
    redirect: 'manual',
    signal: AbortSignal.any([signal, over]),
  }).then(async (response) => ({ status: response.status, text: await readBody(response, BODY_MAX) }));
  const { status, text } = await answered.catch((error: unknown) => {
    signal.throwIfAborted();
    const why = over.aborted ? `no report within ${WITHIN / 1_000} seconds` : describeBroken(error).detail;
    throw new UnreachableError(`No Fingerpost answers at ${service} (${why})`);
  });
  if (status >= 400 && status < 500) throw new UsageError(`The sandbox ${id} cannot be judged: ${detailOf(text)}`);
  const report = status === 200 ? jsonOf(text) : undefined;
  if (!isReport(report)) throw new UnreachableError(`${service} answered ${status} and no report`);
  return report;
};
