/**
 * The primitive types of R4 (datatypes.html#primitive): what is wrong with a JSON value, in words that follow its name, or
 * undefined. Every check takes time linear in the length of the value.
 */
export type PrimitiveCheck = (value: unknown) => string | undefined;

/** A string is at most 1 MB (datatypes.html#string). */
const STRING_MAX = 1024 * 1024;

const CONTROL = /[^\t\n\r\u0020-\uffff]/;
const INT32 = 2_147_483_647;

const typed = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;

const shown = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);

const text =
  (check?: (value: string) => string | undefined, max = STRING_MAX): PrimitiveCheck =>
  (value) => {
    if (typeof value !== 'string') return `must be a JSON string, not ${typed(value)}`;
    if (value.length === 0) return 'must not be empty';
    if (value.length > max) return 'must not be longer than 1 MB';
    if (CONTROL.test(value)) return 'must not contain control characters';
    if (!value.isWellFormed()) return 'must not contain half a surrogate pair';
    return check?.(value);
  };

const matching = (pattern: RegExp, what: string): PrimitiveCheck =>
  text((value) => (pattern.test(value) ? undefined : `must be ${what}, not ${shown(value)}`));

const integer =
  (least: number, what: string): PrimitiveCheck =>
  (value) => {
    if (typeof value !== 'number') return `must be a JSON number, not ${typed(value)}`;
    return Number.isInteger(value) && value >= least && value <= INT32 ? undefined : `must be ${what}, not ${value}`;
  };

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const DATE_TIME =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)))?)?)?$/;

/** Whether year, month and day, as far as given, are of the calendar (Gregorian, years 0001 to 9999). */
const isCalendarDay = (match: RegExpExecArray): boolean => {
  const year = Number(match[1]);
  if (year === 0) return false;
  if (match[2] === undefined) return true;
  const month = Number(match[2]);
  if (month < 1 || month > 12) return false;
  if (match[3] === undefined) return true;
  const day = Number(match[3]);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day >= 1 && day <= last;
};

const moment = (pattern: RegExp, whole: boolean, what: string): PrimitiveCheck =>
  text((value) => {
    const match = pattern.exec(value);
    if (match === null || (whole && match[4] === undefined)) return `must be ${what}, not ${shown(value)}`;
    return isCalendarDay(match) ? undefined : `must be a day of the calendar, not ${shown(value)}`;
  });

/** Character by character: an expression for the whole remembers where it may go back to, and megabytes are too much for that. */
const isBase64 = (value: string): boolean => {
  const packed = value.replace(/\s/g, '');
  const content = packed.replace(/={1,2}$/, '');
  return content.length > 0 && packed.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(content);
};

/** White space as XML and the specification's own patterns have it; a no-break space is a character like any other. */
const code = text((value) =>
  /^[ \t\r\n]|[ \t\r\n]{2}|[ \t\r\n]$/.test(value)
    ? `must be a code (no space at either end, none doubled), not ${shown(value)}`
    : undefined,
);

const uri = matching(/^\S+$/, 'a URI without spaces');

/** By type name; a type that is not here is not primitive. */
export const PRIMITIVES: ReadonlyMap<string, PrimitiveCheck> = new Map<string, PrimitiveCheck>([
  ['boolean', (value) => (typeof value === 'boolean' ? undefined : `must be true or false, not ${typed(value)}`)],
  ['integer', integer(-INT32 - 1, 'a whole number of 32 bits')],
  ['unsignedInt', integer(0, 'a whole number from 0 to 2147483647')],
  ['positiveInt', integer(1, 'a whole number from 1 to 2147483647')],
  [
    'decimal',
    (value) =>
      typeof value !== 'number'
        ? `must be a JSON number, not ${typed(value)}`
        : Number.isFinite(value)
          ? undefined
          : 'is beyond what a number can hold',
  ],
  ['string', text()],
  ['markdown', text()],
  ['id', matching(/^[A-Za-z0-9\-.]{1,64}$/, 'an id (1 to 64 letters, digits, hyphens and dots)')],
  ['code', code],
  ['uri', uri],
  ['url', uri],
  ['canonical', uri],
  ['oid', matching(/^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/, 'an OID (urn:oid:…)')],
  ['uuid', matching(/^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/, 'a UUID (urn:uuid:…, lower case)')],
  ['date', moment(DATE, false, 'a date (YYYY, YYYY-MM or YYYY-MM-DD)')],
  [
    'dateTime',
    moment(DATE_TIME, false, 'a dateTime (YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone)'),
  ],
  ['instant', moment(DATE_TIME, true, 'an instant (YYYY-MM-DDThh:mm:ss with a time zone)')],
  ['time', matching(/^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/, 'a time (hh:mm:ss)')],
  ['base64Binary', text((value) => (isBase64(value) ? undefined : 'must be base64'), Number.POSITIVE_INFINITY)],
]);
