import { isIP } from 'node:net';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { type OutboundPolicy, parseExternalUrl, parseMllpUrl, resolveTarget } from '../../sandbox/outbound-policy.ts';
import { BAD_REQUEST, ProblemError, problem } from '../../sandbox/problem.ts';

export type Mode = 'simulated' | 'external' | 'stopped';

/** ParticipantRequest of openapi/service.yaml. */
export interface SeatRequest {
  readonly mode: Mode;
  readonly url?: string;
  readonly mllpUrl?: string;
  readonly credential?: string;
  readonly queue?: boolean;
}

/** What is stored of it: only an external participant has addresses, a credential to call it with, and a queue outside. */
export interface Seat {
  readonly mode: Mode;
  readonly url: string | null;
  readonly mllpUrl: string | null;
  readonly credential: string | null;
  readonly queue: boolean;
}

/** What the outbound policy refuses without asking a name server is better said now than when something is sent. */
const checked = async (at: string, policy: OutboundPolicy, parse: () => URL): Promise<URL> => {
  try {
    const url = parse();
    if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) await resolveTarget(url, policy);
    return url;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw problem(
      BAD_REQUEST,
      error.faults.map(({ detail }) => ({ detail, at })),
    );
  }
};

/** An address that is called as it stands, such as that of a key set. */
export const checkOutboundUrl = async (text: string, at: string, policy: OutboundPolicy): Promise<string> =>
  (await checked(at, policy, () => parseExternalUrl(text))).href;

const checkMllpUrl = async (text: string, at: string, policy: OutboundPolicy): Promise<string> =>
  (await checked(at, policy, () => parseMllpUrl(text))).href.replace(/\/+$/, '');

const checkUrl = async (text: string, at: string, policy: OutboundPolicy): Promise<string> => {
  const url = await checked(at, policy, () => (/^mllps?:/i.test(text) ? parseMllpUrl(text) : parseExternalUrl(text)));
  if (url.search !== '' || url.hash !== '')
    throw problem(BAD_REQUEST, 'The URL is a base, so it has no query and no fragment', { at });
  return url.href.replace(/\/+$/, '');
};

/** Checks what the contract's schema cannot; `at` is the JSON pointer of the request. Throws BAD_REQUEST. */
export const readSeat = async (request: SeatRequest, policy: OutboundPolicy, at = ''): Promise<Seat> => {
  const { mode, url, mllpUrl, credential, queue = false } = request;
  if (mode !== 'external') {
    for (const [name, value] of Object.entries({ url, mllpUrl, credential, queue: queue || undefined })) {
      if (value !== undefined)
        throw problem(BAD_REQUEST, `Only an external participant has a ${name}`, { at: `${at}/${name}` });
    }
    return { mode, url: null, mllpUrl: null, credential: null, queue };
  }
  // RFC 9110 5.5: what may stand in a header.
  if (credential !== undefined && !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(credential))
    throw problem(BAD_REQUEST, 'The credential is sent as a header, so it is visible ASCII', {
      at: `${at}/credential`,
    });
  return {
    mode,
    url: url === undefined ? null : await checkUrl(url, `${at}/url`, policy),
    mllpUrl: mllpUrl === undefined ? null : await checkMllpUrl(mllpUrl, `${at}/mllpUrl`, policy),
    credential: credential ?? null,
    queue,
  };
};

/** Whether anything goes to or comes from parties outside by queue. */
export const hasOutsideQueues = ({ app }: Pick<LoadedPattern, 'app'>): boolean =>
  Object.values(app.consumers ?? {}).some(({ outside }) => outside === true);

/** Throws BAD_REQUEST where a queue is asked for and the pattern has none for parties outside. */
export const checkQueue = (pattern: LoadedPattern, { queue }: Seat, at = ''): void => {
  if (queue && !hasOutsideQueues(pattern))
    throw problem(BAD_REQUEST, `${pattern.id} has no queue for parties outside`, { at: `${at}/queue` });
};
