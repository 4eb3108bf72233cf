import type { Call, Reply } from '../pattern.ts';
import { httpDate } from './http-date.ts';
import type { Shape } from './negotiate.ts';
import { goodOutcome, type Outcome } from './outcome.ts';
import type { Preference } from './prefer.ts';
import { spaceOfType } from './space-of-type.ts';
import { etagOf, type StoredVersion } from './stored.ts';
import { versionKey } from './version-text.ts';

/** The endpoint's FHIR base, absolute: what `fullUrl` and links begin with. */
export const fhirBase = (call: Pick<Call, 'base'>): string => `${call.base}/FHIR/R4`;

/** Every URL under which the endpoint is reached, `fhirBase` first. */
export const fhirBases = ({ base, shortBase }: Pick<Call, 'base' | 'shortBase'>): readonly [string, ...string[]] => [
  `${base}/FHIR/R4`,
  ...(shortBase === undefined ? [] : [`${shortBase}/FHIR/R4`]),
];

export const versionPath = (version: StoredVersion): string =>
  `${version.type}/${version.id}/_history/${version.version}`;

/** A change that says what it did: an outcome on request, nothing under `minimal` (FHIR R4 http.html#return). */
const bodyOf = (outcome: Outcome, prefer: Preference): string => {
  if (outcome.status === 304) return '';
  if (outcome.done === undefined) return outcome.body ?? outcome.version?.body ?? '';
  if (prefer.return === 'OperationOutcome') return goodOutcome(outcome.done);
  return prefer.return === 'minimal' ? '' : (outcome.body ?? outcome.version?.body ?? '');
};

/** The status as it is said with this body: a deletion with an outcome is 200 (FHIR R4 http.html#delete). */
const statusOf = (outcome: Outcome, body: string): number =>
  outcome.status === 204 && body !== '' ? 200 : outcome.status;

/** `store` is where the outcome's version lies. */
export const replyWith = (
  call: Call,
  store: number,
  outcome: Outcome,
  shape: Shape,
  prefer: Preference = {},
): Reply => {
  const body = bodyOf(outcome, prefer);
  const { version } = outcome;
  const headers: Record<string, string> = {};
  if (version !== undefined) {
    headers.etag = etagOf(version.version);
    headers['last-modified'] = httpDate(version.updated);
    if (outcome.located === true) headers.location = `${fhirBase(call)}/${versionPath(version)}`;
  }
  if (body !== '') headers['content-type'] = shape.contentType;
  const status = statusOf(outcome, body);
  if (body === '') return { status, headers };
  const text = shape.format.print(body, shape.pretty);
  if (outcome.concealed === true) return { status, headers, body: text, concealed: true };
  if (version === undefined || text !== version.body) return { status, headers, body: text };
  return { status, headers, body: text, stored: { text, key: versionKey(spaceOfType(store, version.type), version) } };
};
