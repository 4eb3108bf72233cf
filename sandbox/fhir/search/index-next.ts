import type { Reader, Tx } from '../../sql/port.ts';
import { type Indexed, indexResources, unindexResource } from './index-rows.ts';

/**
 * What the thread indexes in one transaction at most (index-thread.ts). A commit writes every page that has changed, and the
 * rows of one resource lie on as many pages as there are of them: the more resources share a commit, the cheaper each.
 */
export const THREAD_SLICE = 2048;
/** After so many it asks whether a transaction of ours waits for it. */
export const THREAD_PIECE = 256;

interface ChangedRow {
  readonly rk: number;
  readonly seq: number;
  readonly version: number;
  readonly deleted: number;
  readonly body: string;
  readonly bases: string | null;
}

/** The number of the last change of a space that is in its index; they are counted by the sandbox's own sequence. */
export const indexedUpTo = async (reader: Reader, space: number): Promise<number> => {
  const [row] = await reader.query<{ upto: number }>('select upto from search_progress where space = $1', [space]);
  return row?.upto ?? -1;
};

const toIndex = ({ rk, body, bases }: ChangedRow): Indexed => ({
  rk,
  resource: JSON.parse(body),
  ...(bases === null ? {} : { bases: bases.split(' ') }),
});

/**
 * Brings the next changes of a space into its index, at most so many; returns how many there were. A resource is found by
 * its latest change, as it is by then: what was changed twice is indexed once, and what is deleted is taken out.
 */
export const indexNext = async (tx: Tx, space: number, limit: number): Promise<number> => {
  const rows = await tx.query<ChangedRow>(
    `select rk, seq, version, deleted, body, bases from fhir_resource where space = $1 and seq > $2 order by seq limit $3`,
    [space, await indexedUpTo(tx, space), limit],
  );
  const last = rows.at(-1);
  if (last === undefined) return 0;
  for (const { rk, version } of rows) if (version > 1) await unindexResource(tx, space, rk);
  const present = rows.filter(({ deleted }) => deleted === 0);
  await indexResources(tx, space, present.map(toIndex));
  await tx.query(
    'insert into search_progress (space, upto) values ($1, $2) on conflict (space) do update set upto = excluded.upto',
    [space, last.seq],
  );
  return rows.length;
};
