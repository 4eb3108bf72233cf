import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { storeOf } from '../../sandbox/space.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** The next serial: one generation of one sandbox, never used again (space.ts). */
export const nextSerial = async (tx: Tx): Promise<number> => {
  const [row] = await tx.query<{ value: number }>(
    `insert into counter (name, value) values ('serial', 1)
     on conflict (name) do update set value = counter.value + 1 returning value`,
  );
  if (row === undefined) throw new Error('The counter of serials returned nothing');
  return row.value;
};

/** Copies the stores of every participant from one serial to another, which holds nothing yet. */
export const copyStores = async (tx: Tx, pattern: LoadedPattern, from: number, to: number): Promise<void> => {
  for (const index of pattern.manifest.participants.keys()) {
    for (const part of pattern.app.stores ?? []) await part.copy(tx, storeOf(from, index), storeOf(to, index));
  }
};
