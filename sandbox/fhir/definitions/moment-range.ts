/** A stretch of time that a FHIR date, dateTime or instant covers: ms since the epoch, `hi` exclusive. */
export interface MomentRange {
  readonly lo: number;
  readonly hi: number;
  /** Whether the value names its time zone; without one it is read as UTC. */
  readonly zoned: boolean;
}

const MOMENT = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

const utc = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
};

/**
 * The range of a value of any precision, years to fractions of a second (hours and minutes alone are allowed in searches,
 * search.html#date); undefined for what is no such value or no day of the calendar.
 */
export const momentRange = (value: string): MomentRange | undefined => {
  const match = MOMENT.exec(value);
  if (match === null) return undefined;
  const [, yearText, monthText, dayText, hour, minute, second, fraction, zone] = match;
  const year = Number(yearText);
  if (monthText === undefined) return { lo: utc(year, 0, 1), hi: utc(year + 1, 0, 1), zoned: false };
  const month = Number(monthText) - 1;
  if (month < 0 || month > 11) return undefined;
  if (dayText === undefined) return { lo: utc(year, month, 1), hi: utc(year, month + 1, 1), zoned: false };
  const day = Number(dayText);
  const start = utc(year, month, day);
  if (day < 1 || new Date(start).getUTCMonth() !== month) return undefined;
  if (hour === undefined) return { lo: start, hi: start + 86_400_000, zoned: false };
  const offset = zone === undefined || zone === 'Z' ? 0 : zoneOffset(zone);
  if (offset === undefined || Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60)
    return undefined;
  const milliseconds = fraction === undefined ? 0 : Math.floor(Number(fraction) * 1000);
  const lo =
    start + (Number(hour) * 3600 + Number(minute ?? 0) * 60 + Number(second ?? 0)) * 1000 + milliseconds - offset;
  const width = minute === undefined ? 3_600_000 : second === undefined ? 60_000 : fraction === undefined ? 1000 : 1;
  return { lo, hi: lo + width, zoned: zone !== undefined };
};

const zoneOffset = (zone: string): number | undefined => {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
};

/** The furthest that the zone of an unzoned value may be from UTC. */
const ZONE_DOUBT = 14 * 3_600_000;

/** Negative, 0 or positive as `left` is before, equal to or after `right`; undefined where precision or zone leave it open. */
export const compareMoments = (left: string, right: string): number | undefined => {
  if (left === right) return 0;
  const [a, b] = [momentRange(left), momentRange(right)];
  if (a === undefined || b === undefined) return undefined;
  const doubt = a.zoned === b.zoned ? 0 : ZONE_DOUBT;
  if (a.hi + doubt <= b.lo) return -1;
  if (b.hi + doubt <= a.lo) return 1;
  return a.lo === b.lo && a.hi === b.hi && a.zoned === b.zoned ? 0 : undefined;
};
