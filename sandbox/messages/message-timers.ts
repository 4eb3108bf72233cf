import type { Host } from '../http/host.ts';
import type { Timer } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import type { Firing } from '../timer-run.ts';
import { promoteNext } from './rows.ts';

/** Timers of the kit's own: a message may be delivered from now on, or not any more. No name of a pattern has a dot. */
export const DUE_TIMER = 'message.due';
export const EXPIRY_TIMER = 'message.expiry';

export const isMessageTimer = (name: string): boolean => name === DUE_TIMER || name === EXPIRY_TIMER;

const idOf = ({ data }: Timer): string =>
  typeof data === 'object' && data !== null && 'id' in data ? String(data.id) : '';

interface Found {
  readonly queue: string;
  readonly ordering: string | null;
}

const RELEASE = `update message set state = 'ready', changed = $3
  where serial = $1 and id = $2 and state = 'waiting' and due <= $3 returning queue, ordering`;
/** One that is being handled is left to its handler. */
const EXPIRE = `update message set state = 'dead', changed = $3, reason = 'It expired before it was handled'
  where serial = $1 and id = $2 and expires <= $3 and state in ('ready', 'waiting', 'following', 'held')
  returning queue, ordering`;

/** Runs one of the kit's own timers; answers with a remark for the journal. */
export const fireMessageTimer = async (host: Host, firing: Firing): Promise<string | undefined> => {
  const { timer, sandbox, now } = firing;
  const due = timer.name === DUE_TIMER;
  const change = async (tx: Tx): Promise<Found | undefined> => {
    await firing.claim(tx);
    const [found] = await tx.query<Found>(due ? RELEASE : EXPIRE, [sandbox.serial, idOf(timer), now]);
    if (found !== undefined && !due) await promoteNext(tx, { serial: sandbox.serial, ...found }, now);
    return found;
  };
  const found = await host.sql.transaction(change);
  if (found === undefined) return `message ${idOf(timer)}: nothing left to do`;
  host.messages.wake();
  return `message ${idOf(timer)} in ${found.queue}: ${due ? 'delivered from now on' : 'expired'}`;
};
