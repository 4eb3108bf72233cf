import type { Outcome } from './outcome.ts';
import type { StoredVersion } from './stored.ts';
import { parseEntityTags } from './version-demand.ts';

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
    const known = parseEntityTags(tags, 'If-None-Match');
    return known === '*' || known.includes(String(version.version));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(version.updated / 1000) * 1000 <= since;
};

export const readOutcome = (
  version: StoredVersion,
  headers: Readonly<Record<string, string | undefined>>,
): Outcome => ({ status: isNotModified(version, headers) ? 304 : 200, version });
