import { type Check, readsTarget } from './check.ts';
import type { Profile } from './profile.ts';

/** How far a run is. */
export interface Progress {
  /** 0 to 99 while it runs, never less than before: the part of the steps that checks ask for which are taken or left out. */
  readonly percent: number;
  /** Requests sent so far. */
  readonly requests: number;
  /** What is done now; of the check, the first that reads it, where one does. */
  readonly step: string;
  readonly check?: { readonly id: string; readonly requirement: string; readonly title: string };
}

export type TellProgress = (progress: Progress) => void;

/** Which checks of a dialect read which step: told by what each asks for of evidence that has nothing. */
const readersOf = (
  checks: readonly Check[],
  dialect: string,
  profile: Profile,
): ReadonlyMap<string, readonly Check[]> => {
  const readers = new Map<string, Check[]>();
  for (const check of checks.filter(readsTarget)) {
    if (check.dialects?.includes(dialect) === false) continue;
    const notTaken = new Proxy<Record<string, string>>(
      {},
      {
        get: (_target, step) => {
          if (typeof step === 'string') readers.set(step, [...(readers.get(step) ?? []), check]);
          return undefined;
        },
      },
    );
    try {
      check.judge({ dialect, profile, observations: [], received: [], notTaken });
    } catch {
      // One that breaks without evidence says so when it judges; what it reads is not known until then.
    }
  }
  return readers;
};

/** Turns what a session does into how far the run is. */
export const createProgress = (
  checks: readonly Check[],
  dialect: string,
  profile: Profile,
  tell: TellProgress,
): { step(name: string, requests: number): void; leftOut(names: readonly string[]): void } => {
  const readers = readersOf(checks, dialect, profile);
  const met = new Set<string>();
  const meet = (name: string): void => void (readers.has(name) && met.add(name));
  return {
    step: (name, requests) => {
      // What begins now is not done yet.
      const percent = readers.size === 0 ? 0 : Math.min(99, Math.floor((met.size / readers.size) * 100));
      meet(name);
      const check = readers.get(name)?.[0];
      const [requirement = ''] = check?.requirements ?? [];
      tell({
        percent,
        requests,
        step: name,
        ...(check === undefined ? {} : { check: { id: check.id, requirement, title: check.title } }),
      });
    },
    leftOut: (names) => names.forEach(meet),
  };
};
