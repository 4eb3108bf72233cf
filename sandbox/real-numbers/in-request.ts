import { judgeBareNumber, numberOfReference, PERHAPS_REAL } from '../nhs-number.ts';
import { realNumbersIn } from '../nhs-number-query.ts';
import type { Fault } from '../problem.ts';
import { namesRealAnywhere } from './in-json.ts';
import { mayHoldReal, namesRealInText } from './in-text.ts';

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** Headers in which people write words, or name whom it is about. */
const WORDS = /(?:^|-)(?:subject|filename|to|about|patient|person|nhs-?number)$/;
/** A search in a header (FHIR R4 http.html#ccreate). */
const SEARCH = 'if-none-exist';

/** Said by HTTP itself or by its client, and never about anybody; every request has most of them. */
const PLAIN: ReadonlySet<string> = new Set([
  ...[
    'accept',
    'accept-encoding',
    'accept-language',
    'authorization',
    'cache-control',
    'connection',
    'content-encoding',
  ],
  ...['content-length', 'content-type', 'date', 'host', 'if-match', 'if-none-match', 'keep-alive', 'origin', 'pragma'],
  ...['prefer', 'transfer-encoding', 'upgrade', 'user-agent'],
]);
const SHORTEST = 10;

/** An id made at random holds no number but by chance. */
const isUuid = (value: string): boolean => value.length === 36 && value[8] === '-' && value[23] === '-';

const inHeader = (name: string, value: string): boolean =>
  value.length >= SHORTEST &&
  !PLAIN.has(name) &&
  !isUuid(value) &&
  mayHoldReal(value) &&
  (namesRealAnywhere(value) ||
    (WORDS.test(name) && namesRealInText(value)) ||
    (name === SEARCH && realNumbersIn(new URLSearchParams(value)).length > 0));

/** Of a path with its query, and of headers (names in lower case), what names a number that may be a real person's. */
export const realNumbersInHead = (
  path: string,
  search: string,
  headers: Readonly<Record<string, string | undefined>>,
): Fault[] => {
  const faults: Fault[] = [];
  if (mayHoldReal(path)) {
    const named = judgeBareNumber(numberOfReference(decoded(path)) ?? '', false, 'path');
    if (named !== undefined) faults.push(named.fault);
    else if (namesRealAnywhere(path)) faults.push({ detail: PERHAPS_REAL, at: 'path' });
  }
  if (mayHoldReal(search)) faults.push(...realNumbersIn(new URLSearchParams(search)));
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && value.length > 9 && inHeader(name, value))
      faults.push({ detail: PERHAPS_REAL, at: name });
  }
  return faults;
};

/** Whether the body is one of several pieces, as its range says: `2:3` of MESH, `bytes 0-499/1234` (RFC 9110 14.4). */
export const isPart = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  headers['content-range'] !== undefined || /:\s*0*(?:[2-9]|[1-9][0-9])/.test(headers['mex-chunk-range'] ?? '');
