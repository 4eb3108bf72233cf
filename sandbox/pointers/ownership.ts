import type { Ctx } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import { keyOf, type Named } from './pointer.ts';

/** Whether pointers with this custodian are the caller's: to register, change and withdraw. */
export type Owns = (tx: Tx, custodian: Named) => Promise<boolean>;

/** Says whose the pointers of a custodian are, where nobody has said so before; returns whose they are. */
export const claim = async (ctx: Ctx, tx: Tx, custodian: Named, owner: string): Promise<string> => {
  const key = [ctx.store, keyOf(custodian)];
  const [made] = await tx.query<{ owner: string }>(
    `insert into pointer_custodian (store, custodian, owner) values ($1, $2, $3)
     on conflict (store, custodian) do nothing returning owner`,
    [...key, owner],
  );
  if (made !== undefined) return made.owner;
  const [known] = await tx.query<{ owner: string }>(
    'select owner from pointer_custodian where store = $1 and custodian = $2',
    key,
  );
  return known?.owner ?? owner;
};

/**
 * Where no header says for which organisation a caller speaks: a custodian is of the participant that registered under it
 * first, and of no other.
 */
export const byFirstUse =
  (ctx: Ctx, participant: string): Owns =>
  async (tx, custodian) =>
    (await claim(ctx, tx, custodian, participant)) === participant;
