import { findParticipant } from '../../sandbox/participants.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { type Actor, controlled, titleOf } from './control.ts';
import { checkQueue, readSeat, type SeatRequest } from './seat.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox, participantView } from './view.ts';

const WORDS = { simulated: 'simulated', external: 'taken by an external system', stopped: 'stopped' } as const;

/** Takes a seat, gives it back or stops it; what is running goes on. Returns Participant of openapi/service.yaml. */
export const setParticipant = async (
  { host, messages }: Surroundings,
  actor: Actor,
  id: string,
  name: string,
  request: SeatRequest,
) => {
  const sandbox = await openSandbox(host, id);
  const participant = findParticipant(sandbox, name);
  const names = sandbox.participants.map((entry) => entry.name).join(', ');
  if (participant === undefined) throw problem(NOT_FOUND, `There is no participant ${name}; there are ${names}`);
  const seat = await readSeat(request, host);
  const pattern = await host.pattern(sandbox.row.pattern);
  checkQueue(pattern, seat);
  const { credential, ...shown } = request;
  const action = {
    operation: 'setParticipant',
    to: name,
    summary: `${titleOf(pattern, name)} is now ${WORDS[seat.mode]}`,
    input: credential === undefined ? shown : { ...shown, credential: '(given)' },
  };
  await controlled(host, sandbox, actor, action, (tx) =>
    tx.query(
      `update participant set mode = $3, url = $4, outbound_credential = $5, queue = $6, mllp_url = $7
       where sandbox = $1 and name = $2`,
      [id, name, seat.mode, seat.url, seat.credential, seat.queue ? 1 : 0, seat.mllpUrl],
    ),
  );
  await messages.seatChanged(sandbox.row, name);
  const { url: _url, mllpUrl: _mllp, outboundCredential: _credential, queue: _queue, ...kept } = participant;
  return participantView(pattern, sandbox.row.dialect, {
    ...kept,
    mode: seat.mode,
    ...(seat.url === null ? {} : { url: seat.url }),
    ...(seat.mllpUrl === null ? {} : { mllpUrl: seat.mllpUrl }),
    ...(seat.queue ? { queue: true as const } : {}),
  });
};
