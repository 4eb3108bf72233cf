import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ExchangeView, HalfView, Journal, SandboxKey } from './journal.ts';
import type { Capture, StoredHalf } from './journal-capture.ts';
import { withUsual } from './journal-usual.ts';
import type { Reader } from './sql/port.ts';
import type { BodySource } from './store-text.ts';

interface ExchangeRow {
  readonly seq: number;
  readonly cursor: number;
  readonly id: string;
  readonly kind: ExchangeView['kind'];
  readonly at: number;
  readonly at_real: number;
  readonly sender: string;
  readonly receiver: string;
  readonly claimed: number;
  readonly operation: string | null;
  readonly summary: string | null;
  readonly fault: string | null;
  readonly note: string | null;
  readonly milliseconds: number | null;
  readonly request: string | null;
  readonly request_body: Uint8Array | null;
  readonly reply: string | null;
  readonly reply_body: Uint8Array | null;
}

const COLUMNS = `seq, cursor, id, kind, at, at_real, sender, receiver, claimed, operation, summary, fault, note,
  milliseconds, request, request_body, reply, reply_body`;
/** After so long without a reply none will be recorded, whoever was to do it. */
const OLD_MS = 120_000;
const CHUNK = 50;
/** Characters of bodies. */
const PAGE_MAX = 4 * 1024 * 1024;
const NO_BODY = new Uint8Array();
/** The range of ECMAScript time values: a sandbox clock may be advanced further than a date can say. */
const TIME_MAX = 8.64e15;

const iso = (time: number): string => new Date(Math.min(Math.max(time, -TIME_MAX), TIME_MAX)).toISOString();

/** A cut may have split the last character. */
const wholeCharacters = (bytes: Buffer): Buffer => {
  for (let cut = 1; cut <= 3; cut += 1) {
    const shorter = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(shorter)) return shorter;
  }
  return bytes;
};

const viewBody = (stored: StoredHalf, body: Uint8Array): HalfView => {
  const size = stored.size ?? body.length;
  const truncated = stored.truncated === true;
  const kept = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const shown = !truncated || isUtf8(kept) ? kept : wholeCharacters(kept);
  const encoding = isUtf8(shown) ? 'utf8' : 'base64';
  const whole = truncated || stored.redacted === true ? undefined : createHash('sha256').update(kept).digest('hex');
  const sha256 = stored.sha256 ?? whole;
  return {
    body: shown.toString(encoding),
    encoding,
    size,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(truncated ? { truncated } : {}),
  };
};

/** Absent halves are null; the body may have to be fetched from where it lies. */
type ViewHalf = (json: string | null, body: Uint8Array | null) => Promise<HalfView | undefined>;

const halfViewer =
  ({ capture, bodyOf }: ReaderOptions): ViewHalf =>
  async (json, body) => {
    if (json === null) return undefined;
    const stored: StoredHalf = JSON.parse(json);
    const { method, url, status, source } = stored;
    const headers = withUsual(stored.usual, stored.headers);
    const view = {
      ...(method === undefined ? {} : { method }),
      ...(url === undefined ? {} : { url }),
      ...(status === undefined ? {} : { status }),
      headers,
    };
    if (source === undefined) return body === null ? view : { ...view, ...viewBody(stored, body) };
    const whole = await bodyOf?.(source);
    if (whole === undefined) return { ...view, ...viewBody({ ...stored, truncated: true }, NO_BODY) };
    const kept = capture.body({ headers, body: whole }, new Set());
    return { ...view, ...viewBody({ headers, ...kept }, kept.body) };
  };

const present = <K extends string, V>(key: K, value: V | null): { [P in K]?: V } =>
  value === null ? {} : ({ [key]: value } as { [P in K]?: V });

const viewExchange = async (row: ExchangeRow, note: string | null, viewHalf: ViewHalf): Promise<ExchangeView> => ({
  id: row.id,
  seq: row.seq,
  cursor: String(row.cursor),
  kind: row.kind,
  at: iso(row.at),
  realAt: iso(row.at_real),
  from: row.sender,
  claimed: row.claimed === 1,
  to: row.receiver,
  ...present('operation', row.operation),
  ...present('summary', row.summary),
  ...present('fault', row.fault),
  ...present('note', note),
  ...present('milliseconds', row.milliseconds),
  ...present('request', (await viewHalf(row.request, row.request_body)) ?? null),
  ...present('reply', (await viewHalf(row.reply, row.reply_body)) ?? null),
});

const sizeOf = ({ request, reply }: ExchangeView): number => (request?.body?.length ?? 0) + (reply?.body?.length ?? 0);

interface ReaderOptions {
  readonly sql: Reader;
  readonly real: () => number;
  readonly capture: Capture;
  readonly bodyOf: ((source: BodySource) => Promise<string | Uint8Array | undefined>) | undefined;
}

export const createJournalReader = (options: ReaderOptions): Pick<Journal, 'page' | 'get'> => {
  const { sql, real } = options;
  const startedAt = real();
  const viewHalf = halfViewer(options);
  const view = (row: ExchangeRow): Promise<ExchangeView> => {
    const pending = (row.kind === 'http' || row.kind === 'mllp') && row.milliseconds === null;
    const never = pending && (row.at_real < startedAt || row.at_real < real() - OLD_MS);
    return viewExchange(row, never ? (row.note ?? 'reply not recorded') : row.note, viewHalf);
  };
  const chunk = (sandbox: SandboxKey, after: number, limit: number): Promise<ExchangeRow[]> =>
    sql.query<ExchangeRow>(
      `select ${COLUMNS} from exchange where serial = $1 and cursor > $2 order by cursor limit $3`,
      [sandbox.serial, after, limit],
    );
  return {
    async page(sandbox, after, limit) {
      const items: ExchangeView[] = [];
      let size = 0;
      let cursor = after;
      for (;;) {
        const wanted = Math.min(CHUNK, limit - items.length);
        // One more than wanted says whether there is a next page.
        const rows = await chunk(sandbox, cursor, wanted + 1);
        for (const row of rows.slice(0, wanted)) {
          const item = await view(row);
          size += sizeOf(item);
          if (size > PAGE_MAX && items.length > 0) return { items, next: String(cursor) };
          items.push(item);
          cursor = row.cursor;
        }
        if (rows.length <= wanted) return { items };
        if (items.length >= limit) return { items, next: String(cursor) };
      }
    },
    async get(sandbox, id) {
      const [row] = await sql.query<ExchangeRow>(`select ${COLUMNS} from exchange where serial = $1 and id = $2`, [
        sandbox.serial,
        id,
      ]);
      return row === undefined ? undefined : view(row);
    },
  };
};
