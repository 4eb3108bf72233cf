import type { SandboxKey } from './journal.ts';
import type { Tx } from './sql/port.ts';

/** Numbers that were taken and are not given yet. */
interface Spare {
  next: number;
  left: number;
}

/** So many are taken at once where several bodies are sure to want some. */
const AT_ONCE = 32;

/** By what bodies have in common for as long as they are committed together (`Tx.together`), and sandbox. */
const spares = new WeakMap<object, Map<number, Spare>>();

const take = async (tx: Tx, { id, serial }: SandboxKey, count: number): Promise<number | undefined> => {
  const [row] = await tx.query<{ seq: number }>(
    'update sandbox set seq = seq + $1 where id = $2 and serial = $3 returning seq',
    [count, id, serial],
  );
  return row === undefined ? undefined : row.seq - count + 1;
};

/** Of those that were taken already, without a promise; undefined where too few are left, or none are shared. */
export const takeSpareNumbers = (tx: Tx, serial: number, count: number): number | undefined => {
  const shared = tx.together?.('sandbox', 'sandbox.seq');
  const spare = shared && spares.get(shared)?.get(serial);
  if (spare === undefined || count === 0 || spare.left < count) return undefined;
  const first = spare.next;
  spare.next += count;
  spare.left -= count;
  return first;
};

/**
 * The next `count` numbers of the sandbox's own sequence (rules 1); undefined when that generation is gone. Bodies that are
 * committed together share what is taken at once, and what they leave of it is nobody's: the sequence has gaps then, but
 * whoever has a smaller number is never committed later.
 */
export const takeNumbers = async (tx: Tx, sandbox: SandboxKey, count: number): Promise<number | undefined> => {
  const spare = takeSpareNumbers(tx, sandbox.serial, count);
  if (spare !== undefined) return spare;
  const shared = tx.together?.('sandbox', 'sandbox.seq');
  if (shared === undefined || count === 0 || count >= AT_ONCE) return take(tx, sandbox, count);
  const bySandbox = spares.get(shared) ?? new Map<number, Spare>();
  spares.set(shared, bySandbox);
  const first = await take(tx, sandbox, AT_ONCE);
  if (first === undefined) return undefined;
  bySandbox.set(sandbox.serial, { next: first + count, left: AT_ONCE - count });
  return first;
};
