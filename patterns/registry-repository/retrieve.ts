import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { part } from '../../sandbox/pointers/pointer.ts';
import { REPOSITORIES } from './organisations.ts';
import { type Answer, ask, complaintOf } from './registry-call.ts';
import { hashOf } from './store-document.ts';

/** What the consumer made of one pointer: the document, or why it could not be had. */
export type Retrieved =
  | {
      readonly got: true;
      readonly contentType: string;
      readonly text: string;
      /** It is not what the pointer describes. */
      readonly changed: boolean;
      readonly exchange?: string;
    }
  | {
      readonly got: false;
      readonly code: string;
      readonly because: string;
      readonly status?: number;
      readonly exchange?: string;
    };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Which participant of the sandbox an address leads to, and the path there; nobody outside is called. */
export const placeOf = (ctx: Ctx, url: string): { readonly to: string; readonly path: string } | undefined => {
  for (const to of REPOSITORIES) {
    const base = fhirBaseOf(ctx, to);
    if (base !== undefined && url.startsWith(`${base}/`)) return { to, path: `/FHIR/R4${url.slice(base.length)}` };
  }
  return undefined;
};

/** Issue types of FHIR R4, each with what a clinician is told. */
const failureOf = (
  { status, failed, because }: Answer,
  said: string | undefined,
): readonly [code: string, because: string] => {
  if (failed === 'timeout') return ['timeout', 'The repository did not answer in time'];
  if (status === undefined) return ['transient', because ?? 'The repository did not answer'];
  if (status === 404 || status === 410)
    return ['not-found', 'The pointer leads to nothing (dangling): the document is not there'];
  if (status === 403) return ['forbidden', 'The repository does not let this organisation have it'];
  if (status === 401) return ['login', 'The repository does not know this organisation'];
  if (status === 429 || status >= 500) return ['transient', `The repository is not available (${status})`];
  return ['processing', said ?? `The repository answered ${status}`];
};

const elsewhere = (url: string): Retrieved => ({
  got: false,
  code: 'not-supported',
  because: url.startsWith('ssp://')
    ? 'The address is for the Spine Secure Proxy, which there is none of here'
    : `The address leads to no repository of this sandbox: ${url.slice(0, 200)}`,
});

/** The declared type, without its parameters; a repository may add some. */
const sameType = (one: string, other: string): boolean =>
  one.split(';', 1)[0]?.trim().toLowerCase() === other.split(';', 1)[0]?.trim().toLowerCase();

/** Fetches from the source what a pointer leads to, and waits no longer than `timeout` real milliseconds. */
export const retrieve = async (ctx: Ctx, pointer: FhirResource, timeout: number): Promise<Retrieved> => {
  const attachment = part(pointer, 'content', 0, 'attachment');
  const url = textOf(part(attachment, 'url'));
  const declared = textOf(part(attachment, 'contentType'));
  const place = placeOf(ctx, url);
  if (place === undefined) return elsewhere(url);
  const headers = { accept: declared === '' ? '*/*' : `${declared.split(';', 1)[0]}, */*;q=0.1` };
  const answer = await ask(ctx, place.to, { method: 'GET', path: place.path, headers, timeout });
  const { status, exchange, text } = answer;
  const seen = exchange === undefined ? {} : { exchange };
  if (status !== 200) {
    const [code, because] = failureOf(answer, complaintOf(answer));
    return { got: false, code, because, ...(status === undefined ? {} : { status }), ...seen };
  }
  const contentType = answer.headers?.['content-type'] ?? '';
  if (!sameType(contentType, declared))
    return {
      got: false,
      code: 'processing',
      because: `It is ${contentType}, and the pointer says ${declared}`,
      status,
      ...seen,
    };
  const hash = part(attachment, 'hash');
  const changed = typeof hash === 'string' && hash !== hashOf(Buffer.from(text));
  return { got: true, contentType, text, changed, ...seen };
};
