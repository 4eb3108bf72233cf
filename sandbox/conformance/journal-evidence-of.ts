import type { JournalEvidence, SeenExchange } from './journal-evidence.ts';

/**
 * One exchange, in short: only what differs from a plain `GET /Patient/1` that the participant sent a second after the one
 * before, and that was answered 200 with an empty body after ten milliseconds.
 */
export interface Seen {
  readonly kind?: SeenExchange['kind'];
  readonly method?: string;
  /** Below the FHIR base of `to`: `/Patient/1`; of a message, its queue. */
  readonly path?: string;
  readonly sent?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: unknown;
  /** Whether it is only the beginning of the answer. */
  readonly cut?: boolean;
  readonly noReply?: NonNullable<SeenExchange['noReply']>;
  readonly from?: string;
  readonly to?: string;
  readonly operation?: string;
  readonly fault?: string;
  readonly note?: string;
  /** Real milliseconds since the one before ended; 1,000 when absent. The sandbox clock goes along unless `at` says otherwise. */
  readonly after?: number;
  /** Milliseconds on the sandbox clock. */
  readonly at?: number;
  /** Milliseconds from the request to the reply. */
  readonly took?: number;
}

const START = Date.UTC(2026, 10, 22);
const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

/**
 * Evidence written down instead of gathered: `{ first: { status: 503 }, again: { after: 2000 } }`; the keys are the ids. It is
 * judged when the last of it began, on the sandbox clock, unless told.
 */
export const journalEvidenceOf = (
  dialect: string,
  participant: string,
  exchanges: Readonly<Record<string, Seen>>,
  judged?: number,
): JournalEvidence => {
  let now = START;
  const made = Object.entries(exchanges).map(([id, of]): SeenExchange => {
    const began = now + (of.after ?? 1_000);
    const ended = began + (of.took ?? 10);
    now = ended;
    const { from = participant, to = from === participant && of.kind !== 'timer' ? 'provider' : participant } = of;
    return {
      id,
      kind: of.kind ?? 'http',
      from,
      to,
      at: of.at ?? began,
      began,
      ended,
      ...(of.operation === undefined ? {} : { operation: of.operation }),
      ...(of.fault === undefined ? {} : { fault: of.fault }),
      ...(of.note === undefined ? {} : { note: of.note }),
      request: {
        method: of.method ?? 'GET',
        url:
          of.kind === 'message'
            ? `queue:${of.path ?? 'queue'}`
            : of.kind === 'mllp'
              ? 'mllp://127.0.0.1:2601'
              : `http://sandbox.test/sandboxes/s/${to}/FHIR/R4${of.path ?? '/Patient/1'}`,
        headers: of.sent ?? {},
        body: textOf(of.body),
        cut: false,
      },
      ...(of.kind === 'message' || of.kind === 'timer'
        ? {}
        : of.noReply === undefined
          ? {
              reply: {
                status: of.status ?? 200,
                headers: of.headers ?? {},
                body: textOf(of.answer),
                cut: of.cut ?? false,
              },
            }
          : { noReply: of.noReply }),
    };
  });
  return { dialect, participant, exchanges: made, now: judged ?? made.at(-1)?.at ?? now };
};
