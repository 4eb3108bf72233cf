import type { Outcome } from './outcome.ts';
import type { StoredVersion } from './stored.ts';

/** `W/"2"`, `"2"` or, as some clients send it, `2`. One that is none of these asks for nothing. */
const versionsOf = (tags: string): readonly string[] =>
  tags.split(',').flatMap((tag) => /^\s*(?:(?:W\/)?"([^"]*)"|([\w.-]+))\s*$/.exec(tag)?.slice(1) ?? []);

/**
 * A conditional read (FHIR R4 http.html#cread, RFC 9110 section 13): If-None-Match decides where it is given, else
 * If-Modified-Since, to the second and only when it is a date.
 */
export const isNotModified = (
  version: StoredVersion,
  headers: Readonly<Record<string, string | undefined>>,
): boolean => {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    // Nothing is lost by reading too much: only on a change is a tag that cannot be read refused (version-demand.ts).
    return tags.trim() === '*' || versionsOf(tags).includes(String(version.version));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(version.updated / 1000) * 1000 <= since;
};

export const readOutcome = (
  version: StoredVersion,
  headers: Readonly<Record<string, string | undefined>>,
): Outcome => ({ status: isNotModified(version, headers) ? 304 : 200, version });
