import { leasePorts } from '../../sandbox/mllp-ports.ts';
import { CONFLICT, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { copyStores, nextSerial } from './serials.ts';
import type { Surroundings } from './surroundings.ts';
import { doom, forgetSandbox } from './sweep.ts';
import { findTemplate } from './templates.ts';

interface Generation {
  pattern: string;
  dialect: string;
  seed: number;
  serial: number;
  seq: number;
}

const noSandbox = () => problem(NOT_FOUND, 'The sandbox was deleted or has expired');

/**
 * The next generation: seeded stores, an empty journal, no faults, no timers, real time. Seats and keys stay as they are.
 * The sequence goes on, so that whoever pages by a cursor does not meet an old number again.
 */
export const resetSandbox = async (
  { host, templates, signals, messages, sweepSoon }: Surroundings,
  id: string,
): Promise<void> => {
  const select = 'select pattern, dialect, seed, serial, seq from sandbox where id = $1';
  const [before] = await host.sql.query<Generation>(select, [id]);
  if (before === undefined) throw noSandbox();
  const pattern = await host.pattern(before.pattern);
  await templates.ensure(pattern, before.dialect, before.seed);
  const name = templates.nameOf(pattern, before.dialect, before.seed);
  const now = host.now();
  await host.sql.transaction(async (tx) => {
    const [old] = await tx.query<Generation>(select, [id]);
    if (old === undefined) throw noSandbox();
    const template = await findTemplate(tx, name);
    if (template === undefined) throw problem(CONFLICT, 'The seeded store went away in the meantime; try again');
    const serial = await nextSerial(tx);
    await tx.query(
      `update sandbox set generation = generation + 1, serial = $2, seq = $3, clock_base = $4, clock_anchor_real = $4,
         clock_speed = 1, clock_target = null, next_due_real = null, lease_owner = null, lease_until_real = null
       where id = $1`,
      [id, serial, Math.max(old.seq, template.seq), now],
    );
    await doom(tx, old);
    await copyStores(tx, pattern, template.serial, serial);
    const { hl7v2 } = pattern.app;
    // Ports stay as they are; who got none may get one now.
    if (hl7v2 !== undefined && host.mllp !== undefined)
      await leasePorts(tx, host.mllp, id, hl7v2.participantsIn(before.dialect));
  });
  signals.wake(id);
  sweepSoon();
  await messages.tendOutside();
};

/** Deletes a sandbox: at once for whoever looks, page by page for what it holds. */
export const deleteSandbox = async (
  { host, signals, messages, sweepSoon }: Surroundings,
  id: string,
): Promise<void> => {
  if (!(await host.sql.transaction((tx) => forgetSandbox(tx, id)))) throw noSandbox();
  signals.wake(id);
  sweepSoon();
  // Nobody has to wait for that.
  void messages.tendOutside();
};
