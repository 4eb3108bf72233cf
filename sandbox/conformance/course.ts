import { type Check, readsTarget } from './check.ts';
import type { Profile } from './profile.ts';

/** What a run may cost, whatever the target does. */
export interface Bounds {
  readonly requests: number;
  /** Milliseconds after which no step begins; what is under way then ends by itself, or by the profile's timeout. */
  readonly milliseconds: number;
}

export const BOUNDS: Bounds = { requests: 1_000, milliseconds: 10 * 60_000 };

/** Ends a drive; the run goes on to judge what it has. */
export class BoundReached extends Error {
  override readonly name = 'BoundReached';
}

/** How far a run is. */
export interface Progress {
  /** 0 to 99 while it runs, never less than before: the part of the steps that checks ask for which are taken or left out. */
  readonly percent: number;
  /** Requests sent so far. */
  readonly requests: number;
  /** What is done now; and the first check that reads it, where one does. */
  readonly step: string;
  readonly check?: { readonly id: string; readonly requirement: string; readonly title: string };
}

export type TellProgress = (progress: Progress) => void;

/** The course that a run takes: how far it is, and how far it may go. */
export interface Course {
  /** Says that a step begins. Throws BoundReached where none may any more. */
  begin(step: string): void;
  leaveOut(steps: readonly string[]): void;
  /** Milliseconds in which a step may still begin. */
  left(): number;
  /** Says that it was waited until its time was over: a timer may wake a moment before. */
  timeIsOver(): void;
  /** Why it ended before all its steps, where it did. */
  ended(): string | undefined;
}

export interface CourseOptions {
  readonly checks?: readonly Check[];
  readonly dialect: string;
  readonly profile: Profile;
  readonly bounds?: Bounds;
  readonly progress?: TellProgress;
}

/** Which checks of a dialect read which step: told by what each asks for of evidence that has nothing. */
const readersOf = ({ checks = [], dialect, profile }: CourseOptions): ReadonlyMap<string, readonly Check[]> => {
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

export const createCourse = (options: CourseOptions): Course => {
  const { bounds = BOUNDS, progress } = options;
  const readers = progress === undefined ? new Map<string, readonly Check[]>() : readersOf(options);
  const met = new Set<string>();
  const start = performance.now();
  const left = (): number => Math.max(0, bounds.milliseconds - (performance.now() - start));
  let requests = 0;
  let ended: string | undefined;
  const overTime = `the run ended at its limit of ${Math.round(bounds.milliseconds / 100) / 10} seconds`;
  const reached = (): string | undefined => {
    if (requests >= bounds.requests) return `the run ended at its limit of ${bounds.requests} requests`;
    return left() > 0 ? undefined : overTime;
  };
  const meet = (step: string): void => void (readers.has(step) && met.add(step));
  return {
    begin: (step) => {
      ended ??= reached();
      if (ended !== undefined) throw new BoundReached(ended);
      // What begins now is not done yet.
      const percent = readers.size === 0 ? 0 : Math.min(99, Math.floor((met.size / readers.size) * 100));
      const check = readers.get(step)?.[0];
      const [requirement = ''] = check?.requirements ?? [];
      meet(step);
      progress?.({
        percent,
        requests,
        step,
        ...(check === undefined ? {} : { check: { id: check.id, requirement, title: check.title } }),
      });
      requests += 1;
    },
    leaveOut: (steps) => steps.forEach(meet),
    left,
    timeIsOver: () => {
      ended ??= overTime;
    },
    ended: () => ended,
  };
};
