import type { Fault } from '../../sandbox/problem.ts';

/** Reads a value of one shape; what is wrong is added to `faults` with its JSON pointer, and `undefined` comes back. */
export type Read<T> = (value: unknown, at: string, faults: Fault[]) => T | undefined;
type Out<R> = R extends Read<infer T> ? T : never;
type Fields = Readonly<Record<string, Read<unknown>>>;
type Both<R extends Fields, O extends Fields> = { [K in keyof R]: Out<R[K]> } & { [K in keyof O]?: Out<O[K]> };

const what = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : JSON.stringify(value).slice(0, 60);
};

const wrong = (faults: Fault[], at: string, expected: string, value: unknown): undefined => {
  faults.push({ detail: `expected ${expected}, found ${what(value)}`, at: at === '' ? '/' : at });
  return undefined;
};

/** RFC 6901: `~` and `/` in a key are written `~0` and `~1`. */
export const below = (at: string, key: string | number): string =>
  `${at}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

export const text: Read<string> = (value, at, faults) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : wrong(faults, at, 'a text', value);

export const flag: Read<boolean> = (value, at, faults) =>
  typeof value === 'boolean' ? value : wrong(faults, at, 'true or false', value);

export const name =
  (pattern: RegExp, meaning: string): Read<string> =>
  (value, at, faults) =>
    typeof value === 'string' && pattern.test(value) ? value : wrong(faults, at, meaning, value);

export const oneOf =
  <T extends string>(...allowed: readonly T[]): Read<T> =>
  (value, at, faults) =>
    allowed.find((one) => one === value) ?? wrong(faults, at, allowed.join(' or '), value);

/** `key`, where given, tells the entries of the list apart: two of the same are a fault. */
export const list =
  <T>(entry: Read<T>, options: { min?: number; max?: number; key?: (entry: T) => string } = {}): Read<readonly T[]> =>
  (value, at, faults) => {
    const { min = 0, max = 1000, key } = options;
    if (!Array.isArray(value)) return wrong(faults, at, 'a list', value);
    if (value.length < min) return wrong(faults, at, `at least ${min} in the list`, value);
    if (value.length > max) return wrong(faults, at, `at most ${max} in the list`, value);
    const entries = value.map((one, index) => entry(one, below(at, index), faults));
    const seen = new Set<string>();
    for (const [index, one] of entries.entries()) {
      if (one === undefined || key === undefined) continue;
      const name = key(one);
      if (seen.has(name)) faults.push({ detail: `${name} is there twice`, at: below(at, index) });
      seen.add(name);
    }
    const good = entries.filter((one) => one !== undefined);
    return good.length === entries.length ? good : undefined;
  };

/** A mapping with these members and no others. */
export const record =
  <R extends Fields, O extends Fields>(required: R, optional: O): Read<Both<R, O>> =>
  (value, at, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong(faults, at, 'a mapping', value);
    const given = new Map<string, unknown>(Object.entries(value));
    const members: [string, unknown][] = [];
    let sound = true;
    for (const key of given.keys())
      if (!Object.hasOwn(required, key) && !Object.hasOwn(optional, key)) {
        faults.push({ detail: `${key} is not known here`, at: below(at, key) });
        sound = false;
      }
    for (const [key, read] of [...Object.entries(required), ...Object.entries(optional)]) {
      if (!given.has(key) && Object.hasOwn(optional, key)) continue;
      const member = read(given.get(key), below(at, key), faults);
      if (member === undefined) sound = false;
      members.push([key, member]);
    }
    // Each member has just been read by the reader that its type comes from.
    return sound ? (Object.fromEntries(members) as Both<R, O>) : undefined;
  };

/** Absent reads as `otherwise`; for members that are optional in the file and always there in the data. */
export const orElse =
  <T>(read: Read<T>, otherwise: T): Read<T> =>
  (value, at, faults) =>
    value === undefined ? otherwise : read(value, at, faults);
