import type { Reader, Sql, Tx } from './sql/port.ts';

/** Which ports this node listens on for MLLP, as endpoints show them; none until it listens, or where it does not. */
export class MllpPorts {
  #base = '';
  #bound: readonly number[] = [];
  #range: readonly number[] = [];

  /**
   * `base` is what stands before the port: `mllp://127.0.0.1`. `range` is what was asked for, of which `bound` could be
   * bound; the others may be another node's, which serves the same sandboxes.
   */
  opened(base: string, bound: readonly number[], range: readonly number[]): void {
    this.#base = base;
    this.#bound = bound;
    this.#range = range;
  }

  get bound(): readonly number[] {
    return this.#bound;
  }

  includes(port: number): boolean {
    return this.#range.includes(port);
  }

  urlOf(port: number): string {
    return `${this.#base}:${port}`;
  }
}

interface LeaseRow {
  readonly port: number;
  readonly sandbox: string;
  readonly participant: string;
}

/** Leases that are looked at: a range has at most a thousand ports. */
const LEASES_MAX = 10_000;
const ALL = 'select port, sandbox, participant from mllp_port order by port limit $1';

/** Who has a port; undefined where nobody has. */
export const holderOf = async (reader: Reader, port: number): Promise<LeaseRow | undefined> => {
  const [row] = await reader.query<LeaseRow>('select port, sandbox, participant from mllp_port where port = $1', [
    port,
  ]);
  return row;
};

export const leasesOf = (reader: Reader, sandbox: string): Promise<readonly LeaseRow[]> =>
  reader.query<LeaseRow>('select port, sandbox, participant from mllp_port where sandbox = $1 order by port', [
    sandbox,
  ]);

/**
 * Leases a port of this node to each participant that has none, in the order of the range and for as long as it lasts. What
 * was leased outside the range (it was another one then) is given back.
 */
export const leasePorts = async (
  tx: Tx,
  ports: MllpPorts,
  sandbox: string,
  participants: readonly string[],
): Promise<void> => {
  const rows = await tx.query<LeaseRow>(ALL, [LEASES_MAX]);
  const taken = new Set(rows.map(({ port }) => port));
  const own = rows.filter((row) => row.sandbox === sandbox);
  for (const { port } of own.filter((row) => !ports.includes(row.port)))
    await tx.query('delete from mllp_port where port = $1 and sandbox = $2', [port, sandbox]);
  const free = ports.bound.filter((port) => !taken.has(port)).values();
  for (const participant of participants) {
    if (own.some((row) => row.participant === participant && ports.includes(row.port))) continue;
    const port = free.next().value;
    if (port === undefined) return;
    await tx.query('insert into mllp_port (port, sandbox, participant) values ($1, $2, $3)', [
      port,
      sandbox,
      participant,
    ]);
  }
};

/** Once this node listens: whoever has a port outside the range gets another. */
export const renewLeases = async (sql: Sql, ports: MllpPorts): Promise<void> => {
  const stale = (await sql.query<LeaseRow>(ALL, [LEASES_MAX])).filter(({ port }) => !ports.includes(port));
  for (const [sandbox, rows] of Map.groupBy(stale, (row) => row.sandbox))
    await sql.transaction((tx) =>
      leasePorts(
        tx,
        ports,
        sandbox,
        rows.map(({ participant }) => participant),
      ),
    );
};

/** Gives back what a sandbox has, in the transaction that forgets it. */
export const releasePorts = (tx: Tx, sandbox: string): Promise<unknown> =>
  tx.query('delete from mllp_port where sandbox = $1', [sandbox]);
