import { SqlError } from './error.ts';
import type { SqlValue } from './port.ts';

const nameOf = (value: unknown): string => {
  if (value === undefined) return 'undefined';
  if (typeof value === 'boolean') return 'a boolean (bind 0 or 1)';
  if (typeof value === 'bigint') return 'a bigint (bind a number)';
  if (value instanceof Date) return 'a Date (bind milliseconds)';
  if (typeof value === 'number') return `the number ${value}`;
  return Array.isArray(value) ? 'an array' : `a ${typeof value} (JSON is bound as text)`;
};

/**
 * Checks what is about to be bound: as many values as the statement has parameters, each a string, a finite number,
 * null or bytes, and no NUL in text, which PostgreSQL cannot store. The types say so too, but rows built from outside
 * data pass through here, and a store that turns NaN or undefined into NULL loses them silently.
 */
export const checkValues = (sql: string, parameters: number, values: readonly SqlValue[]): void => {
  if (values.length !== parameters) {
    throw new SqlError('misuse', `The statement takes ${parameters} parameters, ${values.length} are bound`, { sql });
  }
  for (let index = 0; index < values.length; index += 1) {
    const value: unknown = values[index];
    if (typeof value === 'string') {
      if (value.includes('\0')) throw new SqlError('misuse', `$${index + 1} contains NUL (U+0000)`, { sql });
    } else if (typeof value === 'number' ? !Number.isFinite(value) : value !== null && !(value instanceof Uint8Array)) {
      throw new SqlError('misuse', `$${index + 1} is ${nameOf(value)}, which cannot be bound`, { sql });
    }
  }
};
