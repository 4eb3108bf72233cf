import type { SandboxKey } from './journal.ts';
import type { Tx } from './sql/port.ts';

/** Numbers that were taken and are not given yet. */
interface Spare {
  next: number;
  left: number;
}

/** So many are taken at once where several bodies are sure to want some. */
const AT_ONCE = 32;
/** And so many where exchange follows exchange, after the first few of them. */
const AHEAD = 128;
const FEW = 16;

/** By what bodies have in common for as long as they are committed together (`Tx.together`), and sandbox. */
const spares = new WeakMap<object, Map<number, Spare>>();

interface Ahead extends Spare {
  /** How often some were taken. */
  times: number;
}

/** The same beyond their commit (`Tx.lasting`). */
const ahead = new WeakMap<object, Map<number, Ahead>>();

const take = async (tx: Tx, { id, serial }: SandboxKey, count: number): Promise<number | undefined> => {
  const [row] = await tx.query<{ seq: number }>(
    'update sandbox set seq = seq + $1 where id = $2 and serial = $3 returning seq',
    [count, id, serial],
  );
  return row === undefined ? undefined : row.seq - count + 1;
};

const sharedOf = (tx: Tx): object | undefined => tx.together?.('sandbox', 'sandbox.seq');
const aheadOf = (tx: Tx, serial: number): Ahead | undefined => {
  const lasting = tx.lasting?.('sandbox', 'sandbox.seq');
  return lasting && ahead.get(lasting)?.get(serial);
};

const drawFrom = (spare: Spare | undefined, count: number): number | undefined => {
  if (spare === undefined || count === 0 || spare.left < count) return undefined;
  const first = spare.next;
  spare.next += count;
  spare.left -= count;
  return first;
};

/** Of those that were taken already, without a promise; undefined where too few are left, or none are shared. */
export const takeSpareNumbers = (tx: Tx, serial: number, count: number): number | undefined => {
  const shared = sharedOf(tx);
  return drawFrom(shared && spares.get(shared)?.get(serial), count) ?? drawFrom(aheadOf(tx, serial), count);
};

/**
 * The next `count` numbers of the sandbox's own sequence (rules 1); undefined when that generation is gone. Bodies that are
 * committed together share what is taken at once, and what they leave of it is nobody's: the sequence has gaps then, but
 * whoever has a smaller number is never committed later.
 */
export const takeNumbers = async (tx: Tx, sandbox: SandboxKey, count: number): Promise<number | undefined> => {
  const spare = takeSpareNumbers(tx, sandbox.serial, count);
  if (spare !== undefined) return spare;
  // What was taken ahead is less than what is taken now, and would be given later.
  const before = aheadOf(tx, sandbox.serial);
  if (before !== undefined && count > 0) before.left = 0;
  const shared = sharedOf(tx);
  if (shared === undefined || count === 0 || count >= AT_ONCE) return take(tx, sandbox, count);
  const bySandbox = spares.get(shared) ?? new Map<number, Spare>();
  spares.set(shared, bySandbox);
  const first = await take(tx, sandbox, AT_ONCE);
  if (first === undefined) return undefined;
  bySandbox.set(sandbox.serial, { next: first + count, left: AT_ONCE - count });
  return first;
};

/**
 * The same for exchanges: where one follows the other, numbers are taken ahead for the next transactions, too, if the store can
 * say that nobody else takes any meanwhile. An update of the sandbox for each was a tenth of what a message costs by itself.
 */
export const takeNumbersAhead = async (tx: Tx, sandbox: SandboxKey, count: number): Promise<number | undefined> => {
  const lasting = tx.lasting?.('sandbox', 'sandbox.seq');
  if (lasting === undefined) return takeNumbers(tx, sandbox, count);
  const spare = takeSpareNumbers(tx, sandbox.serial, count);
  if (spare !== undefined) return spare;
  const bySandbox = ahead.get(lasting) ?? new Map<number, Ahead>();
  ahead.set(lasting, bySandbox);
  const own = bySandbox.get(sandbox.serial) ?? { next: 0, left: 0, times: 0 };
  const taken = own.times < FEW ? count : Math.max(count, AHEAD);
  const first = await take(tx, sandbox, taken);
  if (first === undefined) return undefined;
  bySandbox.set(sandbox.serial, { next: first + count, left: taken - count, times: own.times + 1 });
  return first;
};
