import type { Exchange } from '../data/sandbox-types.ts';

/** What a list of thousands keeps of an exchange: no headers and no bodies; the inspector fetches those when opened. */
export interface Line {
  readonly id: string;
  readonly kind: Exchange['kind'];
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly claimed: boolean;
  readonly label: string;
  readonly status: number | undefined;
  /** Of an HL7 v2 message: what it was acknowledged with. */
  readonly code: string | undefined;
  readonly fault: string | undefined;
  readonly note: string | undefined;
  readonly milliseconds: number | undefined;
  /** Changes when a later version of the exchange arrives. */
  readonly cursor: string;
}

/** What a participant outside has on RabbitMQ, under a name that only the broker needs whole. */
const OUTSIDE = /^queue:[^.]+\.outside\.(.+)\.[0-9a-f]{12}$/;

const pathOf = (url: string | undefined): string => {
  if (url === undefined) return '';
  const outside = OUTSIDE.exec(url)?.[1];
  if (outside !== undefined) return `queue of ${outside}`;
  // A sandbox's own queues all begin with the pattern's name: by the consumer alone they are told apart.
  if (url.startsWith('queue:')) return url.replace(/^queue:(?:[^.]+\.(?=[^.]+$))?/, '');
  const path = url.replace(/^[a-z]+:\/\/[^/]+/i, '');
  const below = path.replace(/^\/sandboxes\/[^/]+\/(?:[^/]+\/)*?FHIR\/R4(?:\/|$)/, '').replace(/^$/, '/');
  // What a participant offers beside FHIR: below its own base.
  return below.replace(/^\/sandboxes\/[^/]+\/[^/]+(?=\/)/, '');
};

/** Which key did it is in the inspector; in the list it would push out what was done. */
const shortened = (summary: string | undefined): string | undefined => summary?.replace(/ \(key “[^”]*”\)/, '');

/** ` → AA` at the end of a summary is shown in a column of its own. */
const CODE = / → ([AC][AER])$/;

export const lineOf = (exchange: Exchange): Line => {
  const { request, kind, summary } = exchange;
  const code = kind === 'mllp' ? CODE.exec(summary ?? '')?.[1] : undefined;
  const sent = request?.method === undefined ? '' : `${request.method} ${pathOf(request.url)}`;
  return {
    id: exchange.id,
    kind: exchange.kind,
    at: exchange.at,
    from: exchange.from,
    to: exchange.to,
    claimed: exchange.claimed === true,
    label:
      sent ||
      shortened(code === undefined ? summary : summary?.replace(CODE, '')) ||
      exchange.operation ||
      exchange.kind,
    status: exchange.reply?.status,
    code,
    fault: exchange.fault,
    note: exchange.note,
    milliseconds: exchange.milliseconds,
    cursor: exchange.cursor,
  };
};

export interface JournalStore {
  /** Adds an exchange, or replaces an earlier version of it. */
  add(exchange: Exchange): void;
  clear(): void;
  /** In the order in which they began. */
  lines(): readonly Line[];
  /** Where to continue. */
  cursor(): string | undefined;
}

/**
 * Exchanges arrive nearly in order, and again when their reply does: an array kept sorted by id, which is the order in
 * which they began (`seq` is the order in which they were written down), and an index by id.
 */
export const createJournalStore = (): JournalStore => {
  const lines: Line[] = [];
  const known = new Map<string, Line>();
  let cursor: string | undefined;
  const positionOf = (id: string): number => {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lines[middle]?.id ?? '') < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(exchange) {
      const line = lineOf(exchange);
      cursor = exchange.cursor;
      const position = positionOf(line.id);
      const replaces = known.has(line.id) && lines[position]?.id === line.id;
      lines.splice(position, replaces ? 1 : 0, line);
      known.set(line.id, line);
    },
    clear() {
      lines.length = 0;
      known.clear();
      cursor = undefined;
    },
    lines: () => lines,
    cursor: () => cursor,
  };
};

/** Whether a line matches what was typed into the filter: every word somewhere in what is shown. */
export const matches = (line: Line, filter: string): boolean => {
  const shown =
    `${line.from} ${line.to} ${line.label} ${line.status ?? line.code ?? ''} ${line.kind} ${line.fault ?? ''}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
};
