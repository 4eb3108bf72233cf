import type { SeenExchange } from './journal-evidence.ts';

/** What is known of exchanges that merely passed between two systems. */
export interface Named {
  /** By the id of an exchange: the step of a driven run that it is like. */
  readonly steps: ReadonlyMap<string, string>;
  /** What came to whoever asked, as a run's listener would have it; in the order in which checks are to look at it. */
  readonly received?: readonly (readonly [SeenExchange, string])[];
}

/**
 * How a pattern tells what passes between two systems (`fingerpost proxy`), by its operations: `passing.ts` of its folder exports
 * one as `passing`. Nobody chose what was asked there, so a step is named only where what came of it says something of whoever
 * answered; what is named by nobody keeps its id, and only the checks that look at everything see it.
 */
export interface Passing {
  /** Whose answers it can tell. */
  readonly participants: readonly string[];
  readonly name: (of: {
    readonly dialect: string;
    readonly answered: readonly SeenExchange[];
    /** What the same participant asked of others. */
    readonly sent: readonly SeenExchange[];
  }) => Named;
  /** Whom things are brought to at an address that it names in a message, and that address: what is brought there may pass, too. */
  readonly delivered?: { readonly to: string; readonly addressIn: (message: unknown) => string | undefined };
  /** Steps that cannot be seen there, each with why. */
  readonly unseen?: Readonly<Record<string, string>>;
}

/** Whether that was done. */
export const wasDone = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && reply.status >= 200 && reply.status < 300;

/** Whether it failed by whoever answered, and not because of what was asked or for a time. */
export const broke = ({ reply, noReply }: SeenExchange): boolean =>
  reply === undefined ? noReply === 'dropped' : reply.status >= 500 && ![501, 503, 504].includes(reply.status);

/** Done, or broken: what was asked cannot have been the reason. */
export const tells = (one: SeenExchange): boolean => wasDone(one) || broke(one);
