import { at, list } from './evidence.ts';
import { type JournalEvidence, parsed, type SeenExchange, sentBy } from './journal-evidence.ts';

/** A request to a mailbox as a check finds it. */
export interface MailCall {
  readonly one: SeenExchange;
  readonly mailbox: string;
  /** Below the mailbox: `/inbox/20261127…`, without a query. */
  readonly path: string;
}

const PLACE = /\/messageexchange\/([^/?]+)([^?]*)/;

/** What the participant asked of its mailbox, in the order in which it began. */
export const mailCalls = (evidence: JournalEvidence): readonly MailCall[] =>
  sentBy(evidence).flatMap((one) => {
    const [, mailbox, path] = PLACE.exec(one.request.url) ?? [];
    return mailbox === undefined || path === undefined || mailbox === 'endpointlookup' ? [] : [{ one, mailbox, path }];
  });

const isOk = ({ reply }: SeenExchange): boolean => reply !== undefined && reply.status < 300;

export const isPoll = ({ one, path }: MailCall): boolean =>
  one.request.method === 'GET' && path === '/inbox' && isOk(one);
export const listedIn = ({ one }: MailCall): readonly unknown[] => list(at(parsed(one.reply), 'messages'));

/** The message, and which of its chunks, that was downloaded; undefined for another request, and for one that was refused. */
export const downloaded = ({ one, path }: MailCall): { readonly mail: string; readonly chunk: number } | undefined => {
  const [, mail, chunk] = /^\/inbox\/([^/]+)(?:\/(\d+))?$/.exec(path) ?? [];
  if (mail === undefined || one.request.method !== 'GET' || !isOk(one)) return undefined;
  return { mail, chunk: Number(chunk ?? 1) };
};

/** The message that was acknowledged. */
export const acknowledged = ({ one, path }: MailCall): string | undefined =>
  one.request.method === 'PUT' && isOk(one) ? /^\/inbox\/([^/]+)\/status\/acknowledged$/.exec(path)?.[1] : undefined;

/** A message, or the first chunk of one, that was sent; whatever was answered. */
export const isSending = ({ one, path }: MailCall): boolean => one.request.method === 'POST' && path === '/outbox';

/** What the exchange calls a message that it took over. */
export const givenId = ({ one }: MailCall): unknown => {
  const reply = one.reply?.status === 202 ? parsed(one.reply) : undefined;
  return at(reply, 'message_id') ?? at(reply, 'messageID');
};

/** The code of a refusal, in either form of the error. */
export const refusalOf = ({ one }: MailCall): unknown => {
  const reply = parsed(one.reply);
  return at(reply, 'errorCode') ?? at(reply, 'detail', 0, 'code');
};

/** In how many chunks it goes or came: `1:3`. */
export const chunksOf = (headers: Readonly<Record<string, string>> | undefined): number =>
  Number(/:\s*(\d+)\s*$/.exec(headers?.['mex-chunk-range'] ?? '')?.[1] ?? 1);

export const header = (
  half: { readonly headers: Readonly<Record<string, string>> } | undefined,
  name: string,
): string => half?.headers[name] ?? '';

/** `POST /messageexchange/X26ABC1/outbox → 417`, for findings. */
export const briefly = ({ one, mailbox, path }: MailCall): string =>
  `${one.request.method} /messageexchange/${mailbox}${path} → ${one.reply?.status ?? 'no reply'}`;

const SHOWN = 10;
export const idsOf = (calls: readonly MailCall[]): string[] => calls.slice(0, SHOWN).map(({ one }) => one.id);
