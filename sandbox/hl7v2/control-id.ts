import { randomUUID } from 'node:crypto';

/** A fresh MSH-10; before v2.7 it has twenty characters at most. */
export const newControlId = (): string => randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase();
