import type { StoredVersion } from './stored.ts';
import type { Method } from './versions.ts';

/**
 * What an interaction came to. The HTTP reply and the entry of a batch response are both made from it, so that they
 * cannot differ.
 */
export interface Outcome {
  readonly status: 200 | 201 | 204 | 304;
  /** The version that was read or made: ETag, Last-Modified and, where `located`, Location. */
  readonly version?: StoredVersion;
  readonly located?: boolean;
  /** JSON text for a reply that is no single stored version: a searchset, a history, a subset. */
  readonly body?: string;
  /** What changed something says so; a conditional create that matched did not. */
  readonly method?: Method;
  /** For a change: what an OperationOutcome says of it, when `Prefer: return=OperationOutcome` asks. */
  readonly done?: string;
  /** See `Reply.concealed`. */
  readonly concealed?: boolean;
}

/** An OperationOutcome for something that went well. */
export const goodOutcome = (text: string): string =>
  JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'information', code: 'informational', details: { text }, diagnostics: text }],
  });
