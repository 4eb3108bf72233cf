import { createCtx } from '../../sandbox/context.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

/** What waits for people at the simulated participants of a sandbox: Worklist of openapi/service.yaml. */
export const readWorklist = async ({ host }: Surroundings, id: string) => {
  const sandbox = await openSandbox(host, id);
  const pattern = await host.pattern(sandbox.row.pattern);
  const { dialect } = await pattern.dialect(sandbox.row.dialect);
  const items = [];
  for (const participant of sandbox.participants) {
    const worklist = pattern.app.worklists?.[participant.name];
    if (worklist === undefined || participant.mode !== 'simulated') continue;
    for (const { since, ...item } of await worklist(createCtx(host, sandbox, participant, dialect)))
      items.push({ participant: participant.name, ...item, since: new Date(since).toISOString() });
  }
  return { items };
};
