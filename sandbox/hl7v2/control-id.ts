import { randomUUID } from 'node:crypto';

/** A fresh MSH-10; before v2.7 it has twenty characters at most. */
export const newControlId = (): string => {
  const id = randomUUID();
  return (id.slice(0, 8) + id.slice(9, 13) + id.slice(24, 32)).toUpperCase();
};
