import type { LoadedPattern } from '../../sandbox/http/host.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import { titled } from './titled.ts';

interface MllpEndpoint {
  readonly participant: string;
  readonly url?: string;
  readonly note?: string;
}

/** Where a sandbox asks who sends, its MLLP endpoints say so, once for each participant that may send there. */
export const forSenders =
  ({ row, participants }: LoadedSandbox, { manifest }: LoadedPattern, showCredentials: boolean) =>
  <T extends MllpEndpoint>(endpoint: T): readonly (T & { auth?: string; credential?: string; note?: string })[] => {
    if (row.auth === 'none' || endpoint.url === undefined) return [endpoint];
    const senders = manifest.participants.filter(
      ({ name, starts }) => name !== endpoint.participant && starts.length > 0,
    );
    return senders.map(({ name, title }) => {
      const credential = participants.find((one) => one.name === name)?.credential;
      const told = `MSH-8 carries the credential of the sender, here that of ${titled(title)}.`;
      return {
        ...endpoint,
        auth: row.auth,
        ...(showCredentials && credential !== undefined ? { credential } : {}),
        note: endpoint.note === undefined ? told : `${endpoint.note} ${told}`,
      };
    });
  };
