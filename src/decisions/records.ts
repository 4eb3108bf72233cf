import { randomUUID } from 'node:crypto';
import { BAD_REQUEST, CONFLICT, INVALID_PARAMETER, problem } from '../../sandbox/problem.ts';
import type { Sql, SqlValue, Tx } from '../../sandbox/sql/port.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionBody, DecisionGuide, DecisionRequest } from './decision.ts';

export interface DecisionPage {
  readonly items: readonly Decision[];
  /** Where the next page continues; absent on the last. */
  readonly next?: string;
}

export interface Decisions {
  /**
   * Records what the request decides. BAD_REQUEST where the answers have no outcome yet, or where `supersedes` names no
   * decision; CONFLICT where that one is already superseded.
   */
  record(request: DecisionRequest): Promise<Decision>;
  /** Newest first; `after` is a page's `next`. */
  list(options?: { solution?: string; after?: string; limit?: number }): Promise<DecisionPage>;
  read(id: string): Promise<Decision | undefined>;
}

interface DecisionRow {
  id: string;
  seq: number;
  recorded_real: number;
  superseded_by: string | null;
  body: string;
}

const COLUMNS = 'id, seq, recorded_real, superseded_by, body';

const toDecision = (row: Omit<DecisionRow, 'seq'>): Decision => {
  // Written by `record` below and by nobody else.
  const { status, ...body } = JSON.parse(row.body) as DecisionBody;
  return {
    id: row.id,
    ...body,
    status: row.superseded_by === null ? status : 'superseded',
    ...(row.superseded_by === null ? {} : { supersededBy: row.superseded_by }),
    recordedAt: new Date(row.recorded_real).toISOString(),
  };
};

const supersede = async (tx: Tx, old: string, by: string): Promise<void> => {
  const done = await tx.query(
    'update decision set superseded_by = $1 where id = $2 and superseded_by is null returning id',
    [by, old],
  );
  if (done.length > 0) return;
  const [row] = await tx.query<DecisionRow>(`select ${COLUMNS} from decision where id = $1`, [old]);
  if (row === undefined)
    throw problem(BAD_REQUEST, 'there is no decision with this id to supersede', { at: '/supersedes' });
  throw problem(CONFLICT, `the decision is already superseded, by ${row.superseded_by}`, { at: '/supersedes' });
};

const readAfter = (after: string | undefined): number => {
  if (after === undefined) return Number.MAX_SAFE_INTEGER;
  const seq = /^\d{1,15}$/.test(after) ? Number(after) : undefined;
  if (seq === undefined) throw problem(INVALID_PARAMETER, 'this is not a cursor that a page gave', { at: 'after' });
  return seq;
};

/** Decisions over the store. `now` is on the real clock, in milliseconds. */
export const createDecisions = ({
  sql,
  guide,
  now = Date.now,
  newId = randomUUID,
}: {
  sql: Sql;
  guide: DecisionGuide;
  now?: () => number;
  newId?: () => string;
}): Decisions => ({
  record: async (request) => {
    const body = decide(guide, request);
    const id = newId();
    const recorded = now();
    const values = [id, body.solution ?? null, recorded, JSON.stringify(body)] satisfies SqlValue[];
    await sql.transaction(async (tx) => {
      if (body.supersedes !== undefined) await supersede(tx, body.supersedes, id);
      const [counter] = await tx.query<{ value: number }>(
        `insert into counter (name, value) values ('decision', 1)
         on conflict (name) do update set value = counter.value + 1 returning value`,
      );
      await tx.query('insert into decision (id, solution, recorded_real, body, seq) values ($1, $2, $3, $4, $5)', [
        ...values,
        counter?.value ?? 0,
      ]);
    });
    return toDecision({ id, recorded_real: recorded, superseded_by: null, body: JSON.stringify(body) });
  },

  list: async ({ solution, after, limit = 100 } = {}) => {
    const before = readAfter(after);
    // One more than asked for tells whether there is another page.
    const rows =
      solution === undefined
        ? await sql.query<DecisionRow>(`select ${COLUMNS} from decision where seq < $1 order by seq desc limit $2`, [
            before,
            limit + 1,
          ])
        : await sql.query<DecisionRow>(
            `select ${COLUMNS} from decision where solution = $1 and seq < $2 order by seq desc limit $3`,
            [solution, before, limit + 1],
          );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const items = page.map(toDecision);
    return rows.length > limit && last !== undefined ? { items, next: String(last.seq) } : { items };
  },

  read: async (id) => {
    const [row] = await sql.query<DecisionRow>(`select ${COLUMNS} from decision where id = $1`, [id]);
    return row === undefined ? undefined : toDecision(row);
  },
});
