import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Seen } from '../../sandbox/conformance/journal-evidence-of.ts';
import type { FaultEffect } from '../../sandbox/dialect.ts';
import type { NewFault } from '../../sandbox/faults.ts';

/** What the participant's own address answers. */
export interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The connection is closed in place of an answer. */
  readonly noReply?: 'dropped';
}

/**
 * What happens next, in the words of written evidence (journal-evidence-of.ts) where the participant sends something: `path`
 * below the base of `to`, `status` what it is answered, `after` what has passed in real time since the step before, `took` what
 * passes until it is answered, `noReply` what becomes of it in place of that. Text in it may hold `{{read.headers.etag}}`.
 */
export interface Play
  extends Pick<Seen, 'kind' | 'method' | 'path' | 'sent' | 'body' | 'status' | 'to' | 'after' | 'took' | 'noReply'> {
  /** Whose request it is, where what comes to the participant has to be made by hand. */
  readonly as?: string;
  /** Members that take the place of those of a body. */
  readonly change?: Readonly<Record<string, unknown>>;
  /** Strikes this request alone, at whom it goes to. */
  readonly fault?: FaultEffect;
  /** In place of a request: what the owner of the sandbox does. Faults replace all others. */
  readonly act?: { readonly who: string; readonly name: string; readonly input?: Readonly<Record<string, unknown>> };
  readonly faults?: readonly NewFault[];
  /** The fault that the report names, which has nothing to judge the check by yet. */
  readonly stimulus?: true;
  readonly seats?: Readonly<Record<string, 'simulated' | 'stopped'>>;
  /** An ISO 8601 duration, on the sandbox's clock; what was set off has settled then. */
  readonly advance?: string;
  /** In place of a request: what its own address answers from now on, the last one for good. */
  readonly answers?: readonly Given[];
  /** In place of a request: a signed request for a token; members in place of the right ones. */
  readonly token?: { readonly claims?: Readonly<Record<string, unknown>> };
}

/** One row of a `live*.yaml`, whose keys are the ids of checks: what a participant does, and what the check says of it. */
export interface LiveCase {
  readonly id: string;
  readonly what: string;
  /** The pattern of the folder where it says nothing. */
  readonly pattern: string;
  readonly dialect: string;
  readonly participant: string;
  readonly verdict: 'pass' | 'fail';
  /** Part of what is found, where it fails. */
  readonly message?: string;
  readonly auth?: string;
  /** Step by step, by names that later steps refer to. */
  readonly play: Readonly<Record<string, Play>>;
}

type Written = Omit<LiveCase, 'id' | 'pattern' | 'participant'> & Partial<Pick<LiveCase, 'pattern' | 'participant'>>;

const root = new URL('../../', import.meta.url);

const casesIn = async (folder: URL, named: RegExp, pattern: string): Promise<readonly LiveCase[]> => {
  const files = (await readdir(folder)).filter((file) => named.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  return texts.flatMap((text) => {
    // Written for this test alone; what is no step shows when it is played.
    const rows: Readonly<Record<string, readonly Written[]>> = parse(text, { merge: true });
    return Object.entries(rows).flatMap(([id, cases]) =>
      cases.map((one) => ({ pattern, participant: 'requester', ...one, id })),
    );
  });
};

/** Those of the patterns and those that all patterns share, found by folder. */
export const liveCases = async (patterns: readonly string[]): Promise<readonly LiveCase[]> => {
  const own = await Promise.all(
    patterns.map((id) => casesIn(new URL(`patterns/${id}/test/`, root), /^live(-[a-z-]+)?\.yaml$/, id)),
  );
  const folder = new URL('sandbox/conformance/', root);
  const shared = await casesIn(folder, /^live-[a-z0-9-]+\.test-data\.yaml$/, 'synchronous-request-response');
  return [...shared, ...own.flat()];
};
