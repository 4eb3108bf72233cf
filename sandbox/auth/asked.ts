import type { Host } from '../http/host.ts';
import type { LoadedSandbox } from '../participants.ts';
import type { Reply } from '../pattern.ts';
import type { Recording } from '../recording.ts';
import { tokenMistake } from './mistakes.ts';

/** A request to a sandbox's own token endpoint or OpenID provider. */
export interface Asked {
  readonly host: Host;
  readonly sandbox: LoadedSandbox;
  readonly method: string;
  /** Below `/oauth2`, beginning with a slash. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly search: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The exchange's id, which a refusal names. */
  readonly exchange: string;
  readonly recording: Recording;
  /** Told which participant's client it says it is, and again once that is proven: for the journal. */
  from(participant: string, proven: boolean): void;
  /** What the journal says of it beside what was sent. */
  note(text: string): void;
  /** Set-Cookie, each; never in the journal. */
  cookies(lines: readonly string[]): void;
}

const FORM = 'application/x-www-form-urlencoded';

/** Only a body is read: what stands in the query is not there, as far as the platform is concerned. */
export const formOf = ({ headers, body }: Asked): URLSearchParams =>
  new URLSearchParams(
    headers['content-type']?.split(';')[0]?.trim().toLowerCase() === FORM ? body.toString('utf8') : '',
  );

/** RFC 6749 5.1: nobody keeps it. */
const HEADERS = { 'content-type': 'application/json', pragma: 'no-cache' };

/** What the platform answers, which it writes its texts as. */
export const tokenReply = (body: object): Reply => ({ status: 200, headers: HEADERS, body: JSON.stringify(body) });

/** `message_id` is the exchange, so that whoever is refused finds it in the journal. */
export const refusalReply = async (mistake: string, exchange: string): Promise<Reply> => {
  const { status, error, words } = await tokenMistake(mistake);
  const body = { error, error_description: words, message_id: exchange };
  // RFC 6749 5.2: where a client authenticates by a header, it is told how.
  const headers = error === 'invalid_client' ? { ...HEADERS, 'www-authenticate': 'Basic realm="oauth2"' } : HEADERS;
  return { status, headers, body: JSON.stringify(body) };
};
