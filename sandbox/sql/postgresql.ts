/** `postgresql://…` is the same as `postgres://…`; the scheme of a URL is a driver's file name. */
export { open } from './postgres.ts';
