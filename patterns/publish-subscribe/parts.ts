import { member } from '../../sandbox/act-values.ts';

/** What lies at a place of a parsed body, whatever that is; undefined where there is nothing. */
export const partOf = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((found, key) => member(found, String(key)), value);

/** The text there; undefined for anything else. */
export const textOf = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = partOf(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const listOf = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = partOf(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** A body as JSON; undefined where it is none. */
export const parsed = (body: string | Uint8Array): unknown => {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
};
