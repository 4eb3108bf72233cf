import { parseDocument } from 'yaml';
import { type Check, isRecord, list, matching, oneOf, shape, table, text } from './dialect-shape.ts';

/**
 * A request that is good to try at a participant, as `patterns/<id>/requests.yaml` has it. In texts `{patient}` stands for the
 * NHS number of a seeded person, `{caller}` for a name that goes with the credential that is shown, `{uuid}` for a fresh one.
 */
export interface TryRequest {
  readonly title: string;
  /** Whose endpoints it is for. */
  readonly at: readonly string[];
  /** Where those begin, below the participant's base; empty for what lies beside FHIR. `/FHIR/R4` unless told. */
  readonly base?: string;
  /** Only in these dialects; in all when absent. */
  readonly dialects?: readonly string[];
  /** Only with the credentials of these participants; with all when absent. */
  readonly by?: readonly string[];
  /** GET unless told. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base, with its query, percent-encoded where that is needed. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON; application/fhir+json unless `headers` say otherwise. */
  readonly json?: unknown;
  /** It names the version that a read of this path gives: the reply's header `from` becomes the request's header `as`. */
  readonly version?: { readonly path: string; readonly from: string; readonly as: string };
}

/**
 * An HL7 v2 message that is good to try at a participant that takes it over MLLP. In its segments `{now}` stands for the time of
 * the sandbox as HL7 v2 writes it; the header is put before them.
 */
export interface TryMessage {
  readonly title: string;
  readonly at: readonly string[];
  readonly hl7v2: {
    /** MSH-9. */
    readonly type: string;
    /** MSH-15 and MSH-16, in enhanced mode. */
    readonly accept?: string;
    readonly application?: string;
    /** Those after MSH. */
    readonly segments: readonly string[];
    /** The acknowledgement that comes back; AA, or CA in enhanced mode, unless told. */
    readonly answer?: string;
  };
}

export type TryOne = TryRequest | TryMessage;

export const isMessage = (one: TryOne): one is TryMessage => 'hl7v2' in one;

export class RequestsFileError extends Error {
  readonly faults: readonly string[];

  constructor(where: string, faults: readonly string[]) {
    super(faults.map((fault) => `${where}: ${fault}`).join('\n'));
    this.name = 'RequestsFileError';
    this.faults = faults;
  }
}

const anything: Check = () => {};
const header = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const path = matching(/^\/[^\s#]*$/, 'a path that begins with a slash');

const request = shape(
  { title: text, at: list(text), path },
  {
    base: matching(/^(?:\/[^\s#]*[^\s#/])?$/, 'a path, or empty'),
    dialects: list(text),
    by: list(text),
    method: oneOf('POST', 'PUT', 'PATCH', 'DELETE'),
    headers: table(header, text),
    form: table(/./, text),
    json: anything,
    version: shape({ path, from: matching(header, 'a header'), as: matching(header, 'a header') }),
  },
);

const ACCEPT = oneOf('AL', 'NE', 'ER', 'SU');
const segment = matching(/^(?!MSH)[A-Z][A-Z0-9]{2}\|[^\r\n]*$/, 'a segment other than MSH');
const message = shape({
  title: text,
  at: list(text),
  hl7v2: shape(
    { type: matching(/^[A-Z]{3}\^[A-Z0-9]{3}(?:\^[A-Z0-9_]+)?$/, 'a type such as ADT^A01'), segments: list(segment) },
    { accept: ACCEPT, application: ACCEPT, answer: oneOf('AA', 'AE', 'AR', 'CA', 'CE', 'CR') },
  ),
});

const requests = list((value, at, faults) => {
  (isRecord(value) && value.hl7v2 !== undefined ? message : request)(value, at, faults);
});

const isRequests = (value: unknown, faults: string[]): value is readonly TryOne[] => {
  requests(value, 'requests', faults);
  for (const [index, one] of (Array.isArray(value) ? value : []).entries())
    if (isRecord(one) && one.form !== undefined && one.json !== undefined)
      faults.push(`requests[${index}]: has both form and json`);
  return faults.length === 0;
};

/** What a pattern's `requests.yaml` says; throws with every fault and its place. `where` names the file. */
export const parseRequests = (yaml: string, where: string): readonly TryOne[] => {
  const document = parseDocument(yaml);
  const faults = document.errors.map(({ message }) => message);
  const value: unknown = document.toJS();
  if (faults.length === 0 && isRequests(value, faults)) return value;
  throw new RequestsFileError(where, faults);
};
