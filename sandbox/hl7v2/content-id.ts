import { hash } from 'node:crypto';

/** The same text always gives the same id (RFC 9562, version 8: our own bits). */
export const contentId = (text: string): string => {
  const hex = hash('sha256', text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
