import { createCtx } from '../../sandbox/context.ts';
import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';

const PROTOCOLS = ['sse', 'ws'] as const;

/** One entry for each way in which something can be followed: complete, with the credential of whoever it is for. */
export const streamEndpointsOf = async (
  host: Host,
  sandbox: LoadedSandbox,
  { app, dialect }: LoadedPattern,
  showCredentials: boolean,
) => {
  const { row, participants } = sandbox;
  const spoken = await dialect(row.dialect);
  const entries = await Promise.all(
    participants.map(async (participant) => {
      if (participant.mode !== 'simulated') return [];
      const ctx = createCtx(host, sandbox, participant, spoken.dialect);
      const streams = (await app.streams?.[participant.name]?.(ctx)) ?? [];
      return streams.flatMap(({ path, only, of, note }) => {
        const owner = showCredentials ? participants.find(({ name }) => name === of) : undefined;
        return PROTOCOLS.filter((protocol) => only === undefined || only === protocol).map((protocol) => {
          const http = `${host.publicUrl()}/sandboxes/${row.id}/${participant.name}${path}`;
          return {
            participant: participant.name,
            protocol,
            ...(path === undefined ? {} : { url: protocol === 'ws' ? http.replace(/^http/, 'ws') : http }),
            ...(owner === undefined || path === undefined ? {} : { credential: owner.credential }),
            note,
          };
        });
      });
    }),
  );
  return entries.flat();
};
