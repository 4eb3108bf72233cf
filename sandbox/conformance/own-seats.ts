import type { NewSandbox } from '../standalone.ts';
import type { Hl7Profile } from './profile.ts';
import type { Report } from './report.ts';
import type { Conformance, RunOptions } from './run.ts';

/** A sandbox of this very project, as the one who judges it has it. */
export interface OwnSandbox {
  act(participant: string, act: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Moves its clock on by an ISO 8601 duration; what was set off has settled before, and what falls due after. */
  advance(duration: string): Promise<void>;
  stop(participant: string): Promise<void>;
  /** The Authorization header by which this participant is known. */
  authorizationOf(participant: string): Promise<string>;
}

/** How whoever answers is judged: it is driven. */
export interface DrivenSeat {
  /** Where the checks begin, below the sandbox: `provider/FHIR/R4`. */
  readonly target: string;
  readonly auth?: NonNullable<NewSandbox['auth']>;
  /** Whose seats other systems have. */
  readonly seats?: NonNullable<NewSandbox['seats']>;
  /** Whose seat is the run's listener, where it listens. */
  readonly calledBack?: string;
  /** What the checks need to know, of what is served at `target`. */
  profile(target: string, sandbox: OwnSandbox): Promise<object>;
}

/** How those who ask are judged: by what the journal has of them after they were told to do something. */
export interface WatchedSeats {
  readonly participants: readonly string[];
  play(sandbox: OwnSandbox): Promise<void>;
}

/** How whoever takes HL7 v2 is judged: it is driven over MLLP. */
export interface Hl7Seat {
  readonly participant: string;
  /** Where what it keeps can be read, below the sandbox: `recipient/FHIR/R4`. */
  readonly keeps: string;
  /** What it receives, where that is not what everybody does. */
  readonly profile?: Hl7Profile;
}

/** How a dialect of the pattern is judged where this very project serves it. */
export interface OwnSeat {
  readonly driven?: DrivenSeat;
  readonly mllp?: Hl7Seat;
  /** Each in a sandbox of its own. */
  readonly watched?: readonly WatchedSeats[];
}

/** Whoever takes HL7 v2 is driven; who sends it is watched, by these rules as well. */
export interface Hl7Judging {
  run(options: RunOptions): Promise<Report>;
  rules(): Promise<Pick<Conformance, 'requirements' | 'checks'>>;
}

/** What a project says of that. */
export interface OwnSeats {
  readonly dialects: Readonly<Record<string, OwnSeat>>;
  /** How HL7 v2 over MLLP is judged; named where it is, so that others do not carry it. */
  readonly hl7v2?: Hl7Judging;
}
