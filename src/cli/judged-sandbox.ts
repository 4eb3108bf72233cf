import type { Report } from '../../sandbox/conformance/report.ts';
import { UnreachableError, UsageError } from '../../sandbox/conformance/run-errors.ts';

import { isRecord } from '../catalogue-manifest.ts';

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

/** What a problem says of itself; another server's answer is shown as it came. */
const detailOf = (text: string): string => {
  try {
    const problem: unknown = JSON.parse(text);
    return isRecord(problem) ? String(problem.detail ?? problem.title) : text;
  } catch {
    return text.slice(0, 500);
  }
};

const isReport = (value: unknown): value is Report =>
  isRecord(value) && Array.isArray(value.requirements) && Array.isArray(value.exchanges) && isRecord(value.counts);

/**
 * Has the service judge a participant. Throws UnreachableError where no Fingerpost answers, UsageError where it refuses:
 * an unknown sandbox or key, nobody to judge.
 */
export const judgeInSandbox = async ({ service, id }: SandboxPlace, key: string, asked: object): Promise<Report> => {
  const response = await fetch(`${service}/api/sandboxes/${id}/conformance`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(asked),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new UnreachableError(`No Fingerpost answers at ${service} (${cause})`);
  });
  const text = await response.text();
  if (response.status >= 400 && response.status < 500)
    throw new UsageError(`The sandbox ${id} cannot be judged: ${detailOf(text)}`);
  const report: unknown = response.ok ? JSON.parse(text) : undefined;
  if (!isReport(report)) throw new UnreachableError(`${service} answered ${response.status} and no report`);
  return report;
};
