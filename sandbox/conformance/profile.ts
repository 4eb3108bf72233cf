import type { ClientKey } from './access-token.ts';

/** The types of message by which a target can be judged: hl7-kinds.ts has how each is written. */
const HL7_TYPES = ['ADT', 'ORU', 'SIU', 'MDM', 'VXU', 'OML', 'ORM', 'REF'] as const;
export type Hl7Type = (typeof HL7_TYPES)[number];

/** Of a target that is driven over MLLP: what its messages have to say, and where what it keeps can be read. */
export interface Hl7Profile {
  /** MSH-3 to MSH-6; CONFORMANCE, X26, TARGET and X26 when absent. */
  readonly sendingApplication?: string;
  readonly sendingFacility?: string;
  readonly receivingApplication?: string;
  readonly receivingFacility?: string;
  /** MSH-8. */
  readonly security?: string;
  /** MSH-11; T when absent. */
  readonly processing?: string;
  /** What it receives: ADT unless told. A receiver of anything else is judged by that, and not by what it keeps. */
  readonly type?: Hl7Type;
  /** It has no enhanced mode, and says so where it is asked for. */
  readonly originalModeOnly?: boolean;
  /** FHIR base URL at which what was sent can be read and searched for; V2-12 to V2-14 are judged by it. */
  readonly fhir?: string;
}

/**
 * What a target needs to be known about before it can be driven: `--profile file` (YAML or JSON), or `profile` in the API.
 * Everything is optional; what is missing is found by searching where the dialect allows it, or its checks are skipped.
 */
export interface Profile {
  readonly dialect?: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: {
    /** The Authorization header of every request. */
    readonly authorization?: string;
    /** An Authorization that is valid but not entitled to read, for COM-09. */
    readonly withoutRight?: string;
    /** In place of `authorization`: how an access token is to be had for a signed JWT. */
    readonly client?: ClientKey;
    /** That of a second organisation, which may read what the first has written. */
    readonly other?: string;
  };
  readonly ids: {
    /** A patient that can be read, and changed where there is consent. */
    readonly patient?: string;
    /** A well-formed id that nobody has. */
    readonly unknown?: string;
    readonly malformed?: string;
    /** `system|value`, or an ODS code: the organisation for which a pointer may be registered. */
    readonly custodian?: string;
    /** One for which it may not. */
    readonly otherCustodian?: string;
  };
  /** What a record looks like that may be created there, as FHIR; its identifier is replaced by a new one. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** Query strings without the question mark. */
  readonly search: { readonly hit?: string; readonly miss?: string };
  /** Ids of free Slots that may be booked. */
  readonly slots: readonly string[];
  /** Nothing is created, changed, booked or deleted without it. */
  readonly consentToWrite: boolean;
  /** Base URL of a second instance of the same system (RRS-13). */
  readonly secondInstance?: string;
  /** The declared limit within which it answers, in milliseconds (RRS-12); 5,000 when absent. */
  readonly limit: number;
  /** How long to wait for an answer at all, in milliseconds; 30,000 when absent. */
  readonly timeout: number;
  /** Where callbacks are listened for: a free port of loopback, under that address, unless it says otherwise. */
  readonly listen: { readonly host?: string; readonly port?: number; readonly publicUrl?: string };
  readonly hl7v2: Hl7Profile;
}

export const EMPTY_PROFILE: Profile = {
  headers: {},
  credentials: {},
  ids: {},
  search: {},
  slots: [],
  consentToWrite: false,
  limit: 5_000,
  timeout: 30_000,
  listen: {},
  hl7v2: {},
};

type Read = (value: unknown, place: string, mistakes: string[]) => unknown;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Read = (value, place, mistakes) => {
  // YAML reads an unquoted NHS number as a number; that is what was meant.
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') mistakes.push(`${place} is not a text`);
  return value;
};
/** fetch would throw where a name or value has what HTTP does not carry: a line break, or a letter beyond Latin-1. */
const canBeSent = (name: string, value: string): boolean => {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
};
const headerValue: Read = (value, place, mistakes) => {
  const said = text(value, place, mistakes);
  if (typeof said === 'string' && !canBeSent('x', said))
    mistakes.push(`${place} cannot be sent as the value of a header`);
  return said;
};
const flag: Read = (value, place, mistakes) => {
  if (typeof value !== 'boolean') mistakes.push(`${place} is neither true nor false`);
  return value;
};
const messageType: Read = (value, place, mistakes) => {
  if (!HL7_TYPES.some((one) => one === value)) mistakes.push(`${place} is none of ${HL7_TYPES.join(', ')}`);
  return value;
};
const milliseconds: Read = (value, place, mistakes) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 600_000)
    mistakes.push(`${place} is not a whole number of milliseconds from 1 to 600000`);
  return value;
};
const port: Read = (value, place, mistakes) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 65_535)
    mistakes.push(`${place} is not a port from 0 to 65535`);
  return value;
};
const record: Read = (value, place, mistakes) => {
  if (!isRecord(value) || typeof value.resourceType !== 'string') mistakes.push(`${place} is not a FHIR resource`);
  return value;
};
const httpUrl: Read = (value, place, mistakes) => {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    mistakes.push(`${place} is not an http or https URL without query`);
  return value;
};
const texts: Read = (value, place, mistakes) => {
  if (!Array.isArray(value)) mistakes.push(`${place} is not a list`);
  return Array.isArray(value) ? value.map((item, index) => text(item, `${place}[${index}]`, mistakes)) : [];
};
const headers: Read = (value, place, mistakes) => {
  if (!isRecord(value)) mistakes.push(`${place} is not a map of names to texts`);
  if (!isRecord(value)) return {};
  for (const name of Object.keys(value))
    if (!canBeSent(name, '')) mistakes.push(`${place}: "${name}" cannot be the name of a header`);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, headerValue(one, `${place}.${name}`, mistakes)]),
  );
};
const object =
  (shape: Readonly<Record<string, Read>>): Read =>
  (value, place, mistakes) => {
    if (!isRecord(value)) {
      mistakes.push(`${place || 'the profile'} is not an object`);
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const reader = Object.hasOwn(shape, key) ? shape[key] : undefined;
        const name = place === '' ? key : `${place}.${key}`;
        if (reader === undefined) mistakes.push(`${name} is unknown; known here: ${Object.keys(shape).join(', ')}`);
        return [key, reader?.(one, name, mistakes)];
      }),
    );
  };

const read = object({
  dialect: text,
  headers,
  credentials: object({
    authorization: headerValue,
    withoutRight: headerValue,
    other: headerValue,
    client: object({ tokenUrl: httpUrl, clientId: text, kid: text, privateKey: text, scope: text }),
  }),
  ids: object({ patient: text, unknown: text, malformed: text, custodian: text, otherCustodian: text }),
  record,
  search: object({ hit: text, miss: text }),
  slots: texts,
  consentToWrite: flag,
  secondInstance: text,
  limit: milliseconds,
  timeout: milliseconds,
  listen: object({ host: text, port, publicUrl: httpUrl }),
  hl7v2: object({
    sendingApplication: text,
    sendingFacility: text,
    receivingApplication: text,
    receivingFacility: text,
    security: text,
    processing: text,
    type: messageType,
    originalModeOnly: flag,
    fhir: httpUrl,
  }),
});

/** Checks a profile from outside. Throws an Error that lists every mistake with its place. */
export const checkProfile = (value: unknown): Profile => {
  const mistakes: string[] = [];
  const profile = read(value ?? {}, '', mistakes);
  const { host, publicUrl } = isRecord(value) && isRecord(value.listen) ? value.listen : {};
  // "Every address" is none that a target could call back.
  if ((host === '0.0.0.0' || host === '::') && publicUrl === undefined)
    mistakes.push(`listen.publicUrl is missing: say how ${host} is reached from outside`);
  const { client, authorization } = isRecord(value) && isRecord(value.credentials) ? value.credentials : {};
  for (const name of isRecord(client) ? ['tokenUrl', 'clientId', 'kid', 'privateKey'] : [])
    if (isRecord(client) && client[name] === undefined) mistakes.push(`credentials.client.${name} is missing`);
  if (client !== undefined && authorization !== undefined)
    mistakes.push('credentials.client is given beside credentials.authorization, of which it is to get one');
  if (mistakes.length > 0)
    throw new Error(`The profile is not valid:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}`);
  // `read` has checked every member against the type of the same name.
  return { ...EMPTY_PROFILE, ...(profile as Partial<Profile>) };
};
