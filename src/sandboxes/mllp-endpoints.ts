import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import { leasesOf } from '../../sandbox/mllp-ports.ts';
import { findParticipant, type LoadedSandbox } from '../../sandbox/participants.ts';

const NONE = 'There is no port for MLLP: MLLP_PORTS is none here, or none of its ports could be listened on.';

const seatNote = (sandbox: LoadedSandbox, name: string): { note?: string } => {
  const mode = findParticipant(sandbox, name)?.mode;
  if (mode === 'stopped') return { note: 'Stopped: messages are answered with AR.' };
  if (mode === 'external') return { note: 'External: messages that arrive here are answered with AR.' };
  return {};
};

/** One entry for each participant that receives HL7 v2; without a URL where it has no port, and then it says why. */
export const mllpEndpointsOf = async ({ sql, mllp }: Host, sandbox: LoadedSandbox, { app }: LoadedPattern) => {
  const { hl7v2 } = app;
  if (hl7v2 === undefined) return [];
  const leases = await leasesOf(sql, sandbox.row.id);
  return hl7v2.participantsIn(sandbox.row.dialect).map((participant) => {
    const lease = leases.find((one) => one.participant === participant && mllp?.includes(one.port));
    if (lease !== undefined && mllp !== undefined)
      return { participant, protocol: 'mllp' as const, url: mllp.urlOf(lease.port), ...seatNote(sandbox, participant) };
    const count = mllp?.bound.length ?? 0;
    const note =
      count === 0
        ? NONE
        : `There is no port for MLLP: other sandboxes have all ${count} of MLLP_PORTS. Reset this sandbox once one of them is deleted.`;
    return { participant, protocol: 'mllp' as const, note };
  });
};
