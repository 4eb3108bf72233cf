/**
 * Texts of HL7 v2 as primitives of FHIR R4. Each gives undefined for what is none: it is then listed as dropped, and says so.
 * Dates have the precision that they were sent with (v2.5 chapter 2.A.21 and 2.A.22: YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+ZZZZ]; of its fractions some engines send more than the four digits that HL7 has, and zones with a colon).
 */
export type Primitive = (text: string, zone: string) => unknown;

const TIMESTAMP =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,9})?)?)?)?)?)?([+-]\d{2}:?\d{2})?$/;

const isDay = (year: string, month: string, day: string): boolean => {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
};

const isTimestamp = (found: RegExpExecArray): boolean => {
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', , own = '+0000'] = found;
  const zone = own.replace(':', '');
  return (
    isDay(year, month, day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    year !== '0000' &&
    Number(zone.slice(1)) <= 1400 &&
    Number(zone.slice(3)) < 60
  );
};

const colon = (zone: string): string => `${zone.slice(0, 3)}:${zone.slice(-2)}`;

/** In `zone` where the text names none: FHIR has no time of day without one. Hours without minutes are their first minute. */
export const dateTime: Primitive = (text, zone) => {
  const found = TIMESTAMP.exec(text);
  if (found === null || !isTimestamp(found)) return undefined;
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', own] = found;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (hour === undefined) return date;
  return `${date}T${hour}:${minute}:${second}${fraction}${own === undefined ? zone : colon(own)}`;
};

const date: Primitive = (text, zone) => {
  const whole = dateTime(text, zone);
  return typeof whole === 'string' ? whole.slice(0, 10) : undefined;
};

const instant: Primitive = (text, zone) => {
  const whole = dateTime(text, zone);
  return typeof whole === 'string' && whole.includes('T') ? whole : undefined;
};

const time: Primitive = (text) => {
  const [, hour, minute, second = '00', fraction = ''] = /^(\d{2})(\d{2})(?:(\d{2})(\.\d{1,4})?)?$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
    ? `${hour}:${minute}:${second}${fraction}`
    : undefined;
};

const boolean: Primitive = (text) => (text === 'Y' ? true : text === 'N' ? false : undefined);

/** HL7 v2.5 chapter 2.A.47: a number may begin or end with its point. */
const DECIMAL = /^[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/;
export const decimal: Primitive = (text) => (DECIMAL.test(text.trim()) ? Number(text) : undefined);

const whole =
  (least: number): Primitive =>
  (text) => {
    const number = Number(text);
    return /^[+-]?\d{1,10}$/.test(text.trim()) && number >= least && number <= 2 ** 31 - 1 ? number : undefined;
  };

/** FHIR's strings hold no control characters, and begin and end as they were sent. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a string may not hold.
export const string: Primitive = (text) => (/^[\s]*$|[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text) ? undefined : text);
export const code: Primitive = (text, zone) => (/^\S+(?:\s\S+)*$/.test(text) ? string(text, zone) : undefined);
const uri: Primitive = (text) => (/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text) ? text : undefined);
const base64: Primitive = (text) => {
  const bare = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) return undefined;
  // Some senders leave out what fills the last four.
  const whole = bare.includes('=') ? bare : bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  return whole.length % 4 === 0 && !whole.endsWith('===') ? whole : undefined;
};

export const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  string,
  code,
  uri,
  date,
  dateTime,
  instant,
  time,
  boolean,
  decimal,
  integer: whole(-(2 ** 31)),
  unsignedInt: whole(0),
  positiveInt: whole(1),
  base64,
};
