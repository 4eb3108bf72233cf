/** What is judged, and how: as the options of `fingerpost conform`. */
export interface ConformanceTests {
  /** `synchronous-request-response`, … */
  readonly pattern: string;
  /** Base URL before /Patient, or mllp://host:port; a function where it is known only once the system is up. */
  readonly target: string | (() => string | Promise<string>);
  /** That of the profile, or the pattern's first, when absent. */
  readonly dialect?: string;
  /** What the target needs to be known about: the members of a profile file. */
  readonly profile?: object;
  /** Fail only on requirements of at least this level; SHOULD when absent. */
  readonly minLevel?: 'SHALL' | 'SHOULD';
  /** Let a live NHS host be driven. */
  readonly allowLive?: boolean;
  /** Real milliseconds for the whole run; five minutes when absent. */
  readonly timeout?: number;
}

/**
 * One test for each requirement that binds the dialect: it fails with what was found, and is skipped with the reason where
 * nothing could be said. The system is driven once, before the first of them. Await it at the top of a test file.
 */
export function describeConformance(asked: ConformanceTests): Promise<void>;
