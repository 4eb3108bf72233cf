import { randomUUID } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562 section 5.7): those of one time lie side by side in the index of ids, so that many
 * creations in one transaction change few of its pages. `time` is milliseconds since the epoch.
 */
export const orderedUuid = (time: number): string => {
  const hex = Math.max(0, time).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
};
