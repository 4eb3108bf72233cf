/** Stands where a credential stood; the scheme before it is kept, so that a reader sees what kind it was. */
export const REDACTED = '[redacted]';

/** What is known to be a credential in one exchange, so that an echo of it is found wherever it turns up. */
export type Known = Set<string>;

const SECRET_HEADER =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$|api-?key|subscription-key|token|secret|passw|credential/i;
/** `code` is missing on purpose: it is a FHIR search parameter far more often than an OAuth one. */
const SECRET_PARAMETER =
  /^(?:key|api[-_]?key|(?:access|refresh|id|auth)?[-_]?token|client[-_](?:secret|assertion)|assertion|secret|password|passwd|subject_token|actor_token)$/i;
const FORM_CODE = /^(?:code|code_verifier)$/i;
/** What stands beside the code of an authorisation response (RFC 6749 4.1.2, RFC 9207), and never in a search. */
const RESPONSE = /(?:^|&)(?:state|iss)=/;
const SECRET_MEMBER =
  /"((?:[\w-]*[_-](?:token|secret|assertion)|\w*(?:Token|Secret|Assertion|Password)|token|secret|password|passwd|api[-_]?key|credentials?))"(\s*:\s*)"((?:[^"\\]|\\.)*)(?:"|$)/gi;
const SCHEME = /\b(Bearer|Basic|DPoP)\s{1,8}([A-Za-z0-9._~+/-]{8,}=*)/gi;
/** `Authorization: …` as text, for instance in Subscription.channel.header. White space is bounded: no quadratic search. */
const WRITTEN_HEADER = /(authorization"?\s{0,8}[:=]\s{0,8}"?(?:[A-Za-z]+\s{1,8})?)([^"\s\\]+)/gi;

/** Our own keys and credentials, known by their form wherever a careless client puts them: a path, a search, a resource. */
const OWN = /(?<![A-Za-z0-9])fpk?_[\w-]{32}(?![\w-])/g;
const OWN_HINTS = ['fp_', 'fpk_'];

/** Shorter ones are redacted where they stand, but not searched for: "a" occurs in every text. */
const ECHO_MIN = 8;

const learn = (known: Known, value: string): void => {
  if (value.length >= ECHO_MIN && value !== REDACTED) known.add(value);
};

const replaceOwn = (text: string): string =>
  OWN_HINTS.some((hint) => text.includes(hint)) ? text.replace(OWN, REDACTED) : text;

/** "Bearer" and "basic" are words, too: what follows has to look like a credential. */
const looksSecret = (scheme: string, value: string): boolean =>
  /^basic$/i.test(scheme)
    ? Buffer.from(value, 'base64').includes(':') && /[\dA-Z=]/.test(value)
    : /\d/.test(value) || value.length >= 24;

/** What every text has in it that one of the two patterns below finds: one look tells most texts apart. */
const SCHEME_HINT = /uthorization|bearer|basic|dpop/i;

const replaceSchemes = (text: string, known: Known): string => {
  if (!SCHEME_HINT.test(text)) return text;
  return text
    .replace(WRITTEN_HEADER, (whole, before: string, value: string) => {
      if (value === REDACTED) return whole;
      learn(known, value);
      return `${before}${REDACTED}`;
    })
    .replace(SCHEME, (whole, scheme: string, value: string) => {
      if (!looksSecret(scheme, value)) return whole;
      learn(known, value);
      return `${scheme} ${REDACTED}`;
    });
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/** `name=value` pairs of a query or a form, kept byte for byte but for the values that are credentials. */
const redactPairs = (pairs: string, known: Known, given: boolean): string => {
  const form = given || RESPONSE.test(pairs);
  return pairs
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) return pair;
      const name = decode(pair.slice(0, at));
      if (!SECRET_PARAMETER.test(name) && !(form && FORM_CODE.test(name))) return pair;
      learn(known, pair.slice(at + 1));
      learn(known, decode(pair.slice(at + 1)));
      return `${pair.slice(0, at)}=${REDACTED}`;
    })
    .join('&');
};

const replaceKnown = (text: string, known: Known): string => {
  let result = text;
  for (const secret of known) if (result.includes(secret)) result = result.replaceAll(secret, REDACTED);
  return result;
};

export const redactUrl = (given: string, known: Known): string => {
  const url = replaceKnown(replaceOwn(given), known);
  const query = url.indexOf('?');
  const before = query < 0 ? url : url.slice(0, query);
  // user:password@ before the host, which some clients send in absolute form
  const bare = before.includes('@') ? before.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, `$1${REDACTED}@`) : before;
  if (query < 0) return bare;
  const hash = url.indexOf('#', query);
  const end = hash < 0 ? url.length : hash;
  return `${bare}?${redactPairs(url.slice(query + 1, end), known, false)}${url.slice(end)}`;
};

const redactCredential = (value: string, known: Known): string => {
  const [, scheme, rest] = /^(\S+)\s+(.+)$/s.exec(value) ?? [];
  if (scheme === undefined || rest === undefined || scheme.includes('=')) {
    learn(known, value);
    for (const part of value.split(/[;,=\s]+/)) learn(known, part);
    return REDACTED;
  }
  learn(known, rest);
  if (/^basic$/i.test(scheme)) {
    const text = Buffer.from(rest, 'base64').toString();
    learn(known, text.slice(text.indexOf(':') + 1));
  }
  return `${scheme} ${REDACTED}`;
};

/** Any other text: credentials by their scheme (`Bearer …`), in URLs, and those known from this exchange. */
export const redactText = (text: string, known: Known): string => {
  let result = replaceOwn(text);
  if (text.includes('?')) result = redactUrl(result, known);
  if (text.includes(' ')) result = replaceSchemes(result, known);
  return known.size === 0 ? result : replaceKnown(result, known);
};

/** Names of headers are few, and every message has a dozen of them. */
const judged = new Map<string, boolean>();
const JUDGED_MAX = 500;

const isSecretHeader = (name: string): boolean => {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_HEADER.test(name);
  if (judged.size < JUDGED_MAX && name.length <= 64) judged.set(name, secret);
  return secret;
};

/** Values of headers in which nothing is hidden by its form: most come again and again. */
const harmless = new Set<string>();
const HARMLESS_MAX = 2000;
const HARMLESS_LENGTH = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const redactValue = (value: string, known: Known): string => {
  // An id of its own each time would soon push all others out.
  if (UUID.test(value) || harmless.has(value)) return known.size === 0 ? value : replaceKnown(value, known);
  const before = known.size;
  const result = redactText(value, known);
  if (result === value && known.size === before && value.length <= HARMLESS_LENGTH) {
    if (harmless.size >= HARMLESS_MAX) harmless.clear();
    harmless.add(value);
  }
  return result;
};

/** The same object where there was nothing to hide. `secrets`: what is a credential wherever it stands (an admin key). */
export const redactHeaders = (
  headers: Readonly<Record<string, string>>,
  known: Known,
  secrets: ReadonlySet<string>,
): Readonly<Record<string, string>> => {
  let changed: Record<string, string> | undefined;
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    const shown = isSecretHeader(name)
      ? redactCredential(value, known)
      : secrets.has(value)
        ? REDACTED
        : redactValue(value, known);
    if (shown === value) continue;
    changed ??= { ...headers };
    changed[name] = shown;
  }
  return changed ?? headers;
};

/** Whether a body of this type may name credentials, so that it has to be read for them. */
export const mayNameSecrets = (contentType: string): boolean => {
  const type = contentType.toLowerCase();
  return isForm(type) || hasMembers(type);
};

const isForm = (type: string): boolean => type.startsWith('application/x-www-form-urlencoded');
/** FHIR has no element that is named like a credential; what a Subscription carries in `header` is found by its scheme. */
const hasMembers = (type: string): boolean => type.includes('json') && !type.startsWith('application/fhir+json');

const redactBodyText = (text: string, type: string, known: Known): string => {
  let result = text;
  if (isForm(type)) result = redactPairs(result, known, true);
  if (hasMembers(type)) {
    result = result.replace(SECRET_MEMBER, (_, name: string, colon: string, value: string) => {
      learn(known, value);
      return `"${name}"${colon}"${REDACTED}"`;
    });
  }
  return replaceKnown(replaceOwn(replaceSchemes(result, known)), known);
};

const HINTS = /earer |asic |uthorization|BEARER |fpk?_/;

/** Whether a body has in it what is known to be a credential from elsewhere, rather than by its form. */
export const mentionsKnown = (body: string | Uint8Array, known: Known, secrets: ReadonlySet<string>): boolean => {
  if (known.size + secrets.size === 0) return false;
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (const secret of known) if (text.includes(secret)) return true;
  for (const secret of secrets) if (text.includes(secret)) return true;
  return false;
};

/** The same bytes where there was nothing to hide; bytes that are not UTF-8 pass through one to one. */
export const redactBody = (body: Buffer, contentType: string, known: Known, secrets: ReadonlySet<string>): Buffer => {
  const type = contentType.toLowerCase();
  const found = known.size + secrets.size === 0 ? [] : [...known, ...secrets].filter((secret) => body.includes(secret));
  // One to one with the bytes, whatever they are, and cheaper to search than a buffer.
  const text = body.toString('latin1');
  if (found.length === 0 && !HINTS.test(text) && !isForm(type) && !hasMembers(type)) return body;
  const latin = new Set(found.map((secret) => Buffer.from(secret).toString('latin1')));
  const result = redactBodyText(text, type, latin);
  for (const secret of latin) known.add(Buffer.from(secret, 'latin1').toString());
  return result === text ? body : Buffer.from(result, 'latin1');
};
