import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';

/** A pointer as an exchange had it. */
export interface SeenPointer {
  readonly exchange: SeenExchange;
  readonly id: string;
  readonly resource: unknown;
  readonly urls: readonly string[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const urlsOf = (pointer: unknown): readonly string[] =>
  list(at(pointer, 'content')).flatMap((content) => text(at(content, 'attachment', 'url')) || []);

const onPointers = (exchange: SeenExchange): boolean => /^\/DocumentReference(?:[/?]|$)/.test(pathOf(exchange));

const seen = (exchange: SeenExchange, resource: unknown, id: string): SeenPointer => ({
  exchange,
  id,
  resource,
  urls: urlsOf(resource),
});

/** What a producer sent to be registered, or in place of what was. */
export const registrations = (evidence: JournalEvidence): readonly SeenPointer[] =>
  sentBy(evidence).flatMap((exchange) => {
    const { method, body } = exchange.request;
    const path = pathOf(exchange).split('?', 1)[0] ?? '';
    if (!onPointers(exchange) || path.endsWith('/_search') || (method !== 'POST' && method !== 'PUT')) return [];
    const resource = parsed(exchange.request);
    const given = /\/DocumentReference\/([A-Za-z0-9.-]{1,64})/.exec(exchange.reply?.headers.location ?? '')?.[1];
    const id = method === 'PUT' ? (path.split('/').at(-1) ?? '') : (given ?? '');
    return body === '' || at(resource, 'resourceType') !== 'DocumentReference' ? [] : [seen(exchange, resource, id)];
  });

const isPointer = (resource: unknown): boolean => at(resource, 'resourceType') === 'DocumentReference';

/** A search at the registry that was answered, with the pointers that it gave. */
export interface Search {
  readonly exchange: SeenExchange;
  readonly pointers: readonly SeenPointer[];
}

export const searches = (evidence: JournalEvidence): readonly Search[] =>
  sentBy(evidence).flatMap((exchange) => {
    const path = pathOf(exchange).split('?', 1)[0] ?? '';
    const isSearch =
      path === '/DocumentReference' ? exchange.request.method === 'GET' : path === '/DocumentReference/_search';
    if (!isSearch || exchange.reply?.status !== 200) return [];
    const resources = list(at(parsed(exchange.reply), 'entry'))
      .map((entry) => at(entry, 'resource'))
      .filter(isPointer);
    return [{ exchange, pointers: resources.map((one) => seen(exchange, one, text(at(one, 'id')))) }];
  });

/** Every pointer that the participant was shown, by search or by reading one. */
export const shown = (evidence: JournalEvidence): readonly SeenPointer[] => [
  ...searches(evidence).flatMap(({ pointers }) => pointers),
  ...sentBy(evidence).flatMap((exchange) => {
    const resource = parsed(exchange.reply);
    return onPointers(exchange) && exchange.request.method === 'GET' && isPointer(resource)
      ? [seen(exchange, resource, text(at(resource, 'id')))]
      : [];
  }),
];

/** What it asked repositories for: reads, but for their audit and what they say of themselves. */
export const retrievals = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentBy(evidence).filter(
    (exchange) =>
      exchange.to !== 'registry' &&
      (exchange.request.method === 'GET' || exchange.request.method === 'HEAD') &&
      !/^\/(?:AuditEvent|metadata)(?:[/?]|$)/.test(pathOf(exchange)),
  );

/** An address without its query: who fetches may add to it. */
export const bareUrl = (url: string): string => url.split('?', 1)[0] ?? '';

export const isFailed = ({ reply, noReply }: SeenExchange): boolean =>
  reply === undefined ? noReply !== 'pending' : reply.status >= 400;
