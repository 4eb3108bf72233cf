import { getPattern, type SandboxApi } from '../data/api.ts';
import type { Pattern } from '../data/api-types.ts';
import { ApiError } from '../data/http.ts';
import type { Sandbox } from '../data/sandbox-types.ts';

/** What the console of a sandbox shows. */
export interface Shown {
  readonly sandbox: Sandbox;
  readonly pattern: Pattern;
  readonly api: SandboxApi;
  /** Why it may be out of date. */
  readonly stale?: string;
}

/** Whether there is no such sandbox, or not for whoever has this key. */
export const isForKey = (error: unknown): boolean =>
  error instanceof ApiError && [401, 403, 404].includes(error.status);

/**
 * Reads a sandbox that was changed. Where that fails for a time, what was there `before` stays, with why: a console with work in
 * it is not thrown away because one request of many got no answer.
 */
export const readAgain = async (api: SandboxApi, before?: Shown): Promise<Shown> => {
  try {
    const sandbox = await api.get();
    return { sandbox, pattern: before?.pattern ?? (await getPattern(sandbox.pattern)), api };
  } catch (error) {
    if (before === undefined || isForKey(error)) throw error;
    return {
      ...before,
      stale: `What is shown here may be out of date. ${error instanceof Error ? error.message : error}`,
    };
  }
};
