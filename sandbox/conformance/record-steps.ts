import { pathOf, type SeenExchange } from './journal-evidence.ts';
import { tells, wasDone } from './passing.ts';

/** `Patient/1` of a request on one record. */
export const recordOf = (exchange: SeenExchange): string | undefined =>
  /^\/([A-Z][A-Za-z]+\/[^/?_$][^/?]*)(?:\?|$)/.exec(pathOf(exchange))?.[1];

const versionTold = ({ reply }: SeenExchange): string | undefined => reply?.headers.etag ?? reply?.headers['e-tag'];
const versionNamed = ({ request }: SeenExchange): string | undefined =>
  request.headers['if-match'] ?? request.headers['e-tag'];
const isRead = ({ request }: SeenExchange): boolean => request.method === 'GET';
const isUpdate = ({ request }: SeenExchange): boolean => request.method === 'PUT' || request.method === 'PATCH';

type Kind = 'current' | 'stale' | 'without-precondition' | 'without-right';

/**
 * What an update shows. Others may have written meanwhile whom nobody saw: one that names the last version seen and is refused
 * shows nothing, nor does one that names a version that was never seen.
 */
const kindOf = (update: SeenExchange, seen: readonly string[]): Kind | undefined => {
  const { status = 0 } = update.reply ?? {};
  if (status === 403 && update.request.headers.authorization !== undefined) return 'without-right';
  const named = versionNamed(update);
  if (named === undefined) {
    const said = update.request.method === 'PUT' ? [400, 412, 428] : [412, 428];
    return wasDone(update) || said.includes(status) ? 'without-precondition' : undefined;
  }
  if (named === seen.at(-1)) return wasDone(update) ? 'current' : undefined;
  return seen.includes(named) ? 'stale' : undefined;
};

interface Update {
  readonly exchange: SeenExchange;
  readonly kind: Kind;
  /** The last version that was seen before it. */
  readonly before: string | undefined;
}

const updatesIn = (on: readonly SeenExchange[]): readonly Update[] => {
  const seen: string[] = [];
  return on.flatMap((exchange): Update[] => {
    const kind = isUpdate(exchange) ? kindOf(exchange, seen) : undefined;
    const before = seen.at(-1);
    const told = versionTold(exchange);
    if (told !== undefined) seen.push(told);
    return kind === undefined ? [] : [{ exchange, kind, before }];
  });
};

/** The record of which most can be told: one that somebody wanted to change on an old version, else one that was changed, else read. */
const chosen = (exchanges: readonly SeenExchange[]): readonly SeenExchange[] => {
  const records = [...Map.groupBy(exchanges, (one) => recordOf(one) ?? '')].filter(([record]) => record !== '');
  const has = (kinds: readonly Kind[]) =>
    records.find(([, on]) => updatesIn(on).some(({ kind }) => kinds.includes(kind)))?.[1];
  const read = records.find(([, on]) => on.some((one) => isRead(one) && tells(one)))?.[1];
  return has(['stale']) ?? has(['current']) ?? has(['without-precondition', 'without-right']) ?? read ?? [];
};

const AFTER: Readonly<Record<Kind, string | undefined>> = {
  current: undefined,
  stale: 'after-stale',
  'without-precondition': 'after-unconditional',
  'without-right': 'after-without-right',
};

/**
 * Names what passed about one record as a driven run would have: read, changed on its current and on a stale version, and looked
 * at after a refusal. `patch` is what changes by PATCH are called.
 */
export const recordSteps = (
  exchanges: readonly SeenExchange[],
  patch: 'patch' | 'update' = 'patch',
): ReadonlyMap<string, string> => {
  const on = chosen(exchanges);
  const updates = updatesIn(on);
  const names = new Map<string, string>();
  const name = (exchange: SeenExchange | undefined, step: string): void => {
    if (exchange !== undefined && ![...names.values()].includes(step)) names.set(exchange.id, step);
  };
  const wordFor = ({ exchange }: Update): string => (exchange.request.method === 'PUT' ? 'update' : patch);
  const stale = updates.find(({ kind }) => kind === 'stale');
  const currents = updates.filter(({ kind }) => kind === 'current');
  const current = currents.findLast(({ exchange }) => stale === undefined || exchange.began < stale.exchange.began);
  const anchor = current ?? currents[0];
  if (anchor !== undefined) name(anchor.exchange, `${wordFor(anchor)}-current`);
  const until = (anchor ?? updates[0])?.exchange.began ?? 0;
  const reads = on.filter((one) => isRead(one) && tells(one));
  name(reads.findLast(({ began }) => began < until) ?? reads[0], 'read');
  for (const update of updates) {
    const { exchange, kind, before } = update;
    if (kind === 'current') continue;
    name(exchange, `${wordFor(update)}-${kind}`);
    const next = on[on.indexOf(exchange) + 1];
    const after = AFTER[kind];
    if (names.get(exchange.id) === undefined || next === undefined || !isRead(next) || after === undefined) continue;
    // What a patch would have made of the record is not known: only that nobody has written shows that it did nothing.
    if (exchange.request.method === 'PUT' || versionTold(next) === before) name(next, after);
  }
  const deleted = on.find((one) => one.request.method === 'DELETE' && tells(one));
  if (deleted !== undefined) {
    name(deleted, 'delete');
    const next = on[on.indexOf(deleted) + 1];
    if (next !== undefined && isRead(next)) name(next, 'read-deleted');
  }
  return names;
};
