import type { Delivery } from './inbox.ts';
import { listOf, partOf, textOf } from './parts.ts';

/** A notification of the backport, as it was understood. */
export interface Notification {
  readonly type: string;
  readonly status: string;
  /** Events since the start, as its sender counts them. */
  readonly since: number;
  readonly events: readonly (Omit<Delivery, 'hook' | 'kind'> & { readonly number: number })[];
}

const named = (parameters: unknown, name: string): unknown =>
  listOf(parameters, 'parameter').find((one) => textOf(one, 'name') === name);
const partNamed = (parameter: unknown, name: string): unknown =>
  listOf(parameter, 'part').find((one) => textOf(one, 'name') === name);

/** `Patient/1` of an absolute or relative reference. */
export const relative = (reference: string): string =>
  /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference)?.[1] ?? reference;

/** Reads a Bundle of type history whose first entry is the status; undefined for anything else. */
export const readNotification = (body: unknown): Notification | undefined => {
  const entries = listOf(body, 'entry');
  const status = partOf(entries[0], 'resource');
  if (textOf(body, 'resourceType') !== 'Bundle' || textOf(status, 'resourceType') !== 'Parameters') return undefined;
  const events = listOf(status, 'parameter')
    .filter((one) => textOf(one, 'name') === 'notification-event')
    .map((event) => {
      const number = textOf(partNamed(event, 'event-number'), 'valueString') ?? '0';
      const reference = textOf(partNamed(event, 'focus'), 'valueReference', 'reference') ?? '';
      const entry = entries.slice(1).find((one) => textOf(one, 'fullUrl') === reference);
      const source = textOf(entry, 'resource', 'meta', 'source');
      return {
        number: Number(number),
        event: number,
        focus: relative(reference),
        version: Number(textOf(entry, 'resource', 'meta', 'versionId') ?? 0),
        ...(source === undefined ? {} : { source }),
      };
    });
  return {
    type: textOf(named(status, 'type'), 'valueCode') ?? '',
    status: textOf(named(status, 'status'), 'valueCode') ?? '',
    since: Number(textOf(named(status, 'events-since-subscription-start'), 'valueString') ?? 0),
    events,
  };
};
