import type { Session } from './session.ts';

/** Drives a target and so gathers evidence: what `drive.ts` and `drive-<name>.ts` of a pattern export as `drive`. */
export interface Drive {
  (session: Session): Promise<void>;
  /** Only in these dialects; in all when absent. */
  readonly dialects?: readonly string[];
}

/** One for these dialects alone, which others have no use for. */
export const driveIn = (dialects: readonly string[], drive: (session: Session) => Promise<void>): Drive =>
  Object.assign((session: Session) => drive(session), { dialects });

/** One after the other. A dialect that has none of its own where others have is driven as the pattern's first one, `usual`. */
export const driveAll =
  (drives: readonly Drive[], usual: () => Promise<string | undefined>): Drive =>
  async (session) => {
    const { dialect } = session;
    const named = drives.flatMap(({ dialects = [] }) => dialects);
    const spoken = named.length === 0 || named.includes(dialect) ? dialect : ((await usual()) ?? dialect);
    for (const drive of drives) if (drive.dialects?.includes(spoken) ?? true) await drive(session);
  };
