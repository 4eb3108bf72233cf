import type { Host } from '../http/host.ts';
import { holderOf, renewLeases } from '../mllp-ports.ts';
import { findParticipant, type LoadedSandbox, loadSandbox, type ParticipantRow } from '../participants.ts';
import { reachable } from '../reachable.ts';
import { createSettingsCache } from '../sandbox-cache.ts';
import { acknowledge } from './acknowledge.ts';
import { newControlId } from './control-id.ts';
import { createMessage, type Hl7Message, linesOf, parseMessage } from './message.ts';
import { type Frame, frameOf } from './mllp-frames.ts';
import { listenMllp } from './mllp-server.ts';
import type { Hl7Listener, Hl7Part, ListenOptions, Outcome } from './port.ts';

const headerOf = ({ content }: Frame): Hl7Message => {
  try {
    return parseMessage(linesOf(content.toString('latin1'))[0] ?? '');
  } catch {
    return createMessage();
  }
};

/** Nobody has the port now: there is no journal to write it into, but the sender is told. */
const nobody = (frame: Frame, now: number): Outcome => {
  if (frame.flaw !== undefined) return {};
  const detail = 'No sandbox has this port now: it was deleted, or has expired';
  const reply = acknowledge(headerOf(frame), {
    code: 'AR',
    controlId: newControlId(),
    now,
    faults: [{ detail, condition: 207 }],
  });
  return { wire: frameOf(reply.toBytes()) };
};

interface Seat {
  readonly sandbox: LoadedSandbox;
  readonly participant: ParticipantRow;
  readonly part: Hl7Part;
}

/** Who has a port; undefined where nobody has. */
const seatOf = async ({ sql, pattern }: Host, port: number): Promise<Seat | undefined> => {
  const holder = await holderOf(sql, port);
  const sandbox = holder && (await loadSandbox(sql, holder.sandbox));
  const participant = sandbox && findParticipant(sandbox, holder.participant);
  const part = sandbox && (await pattern(sandbox.row.pattern)).app.hl7v2;
  return sandbox && participant && part && { sandbox, participant, part };
};

/** Listens on the ports that can be bound; each message goes to the participant that its port is leased to. */
export const listenHl7 = async (host: Host, options: ListenOptions): Promise<Hl7Listener> => {
  const seats = createSettingsCache(host.sql, (port: number) => seatOf(host, port));
  const server = await listenMllp({
    ...options,
    handle: async (frame, port) => {
      try {
        const found = seats(port);
        const seat = found instanceof Promise ? await found : found;
        if (seat === undefined || seat.sandbox.row.expires_real <= host.now()) return nobody(frame, host.now());
        const { sandbox, participant, part } = seat;
        return await part.deliver(host, { sandbox, participant, frame, url: host.mllp?.urlOf(port) ?? '' });
      } catch (error) {
        host.log.error({ err: error, port }, 'an MLLP frame could not be handled');
        return { close: 'end' };
      }
    },
  });
  const scheme = options.tls === undefined ? 'mllp' : 'mllps';
  const range = [...server.ports, ...options.ports.filter((port) => port !== 0)];
  host.mllp?.opened(`${scheme}://${reachable(options.host)}`, server.ports, range);
  try {
    if (host.mllp !== undefined) await renewLeases(host.sql, host.mllp);
  } catch (error) {
    await server.close();
    throw error;
  }
  return { refused: server.refused, close: () => server.close() };
};
