import { recognise } from '../auth/recognise.ts';
import type { Recognised } from '../authentication.ts';
import type { LoadedSandbox, ParticipantRow } from '../participants.ts';
import { storeOf } from '../space.ts';
import type { Passage } from './passage.ts';
import type { Served } from './served.ts';

const take = (passage: Passage, { caller, refusal, standing }: Recognised): void => {
  passage.from = caller;
  passage.standing = standing;
  if (refusal !== undefined) throw refusal;
};

/**
 * Says whose request it is: in the dialect's own way where it has one, else in the sandbox's; what one simulated participant
 * sends another needs no proof. Throws where that is not enough. What can be said at once is not awaited.
 */
export const identify = (
  passage: Passage,
  sandbox: LoadedSandbox,
  participant: ParticipantRow,
  { authentication, dialect, manifest }: Served,
  operationId: string,
  path: string,
): undefined | Promise<void> => {
  const { host, headers, params, to, method } = passage;
  const [sql, realNow] = [host.sql, host.now()];
  if (authentication !== undefined) {
    const store = storeOf(sandbox.row.serial, participant.index);
    const judging = authentication.judge({ sandbox, store, params, headers, realNow, sql });
    return judging.then((recognised) => take(passage, recognised));
  }
  if (passage.internal !== undefined) return undefined;
  const asked = { sandbox, manifest, dialect, to, operationId, headers, method, path, sql, realNow };
  const recognised = recognise(asked);
  if (recognised instanceof Promise) return recognised.then((told) => take(passage, told));
  take(passage, recognised);
  return undefined;
};
