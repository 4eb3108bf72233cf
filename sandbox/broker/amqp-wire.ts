import { randomUUID } from 'node:crypto';
import type { ConsumeMessage, Options } from 'amqplib';
import type { BrokerMessage } from './port.ts';

/** The application id of what we sent ourselves: it is delivered as it was sent, and nothing is added. */
const OURS = 'integration-sandbox';
const KEY = 'carrier-key';
/** Names that the server gives a meaning of its own, or we do: they travel under another. */
const RESERVED = /^(?:CC|BCC|x-delivery-count|carrier-(?:key|header-.*))$/;
const MOVED = 'carrier-header-';
/** The content encoding that says that the body was text. */
const TEXT = 'utf-8';

export const encodeBody = ({ body }: BrokerMessage): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);

const encodeHeaders = (headers: BrokerMessage['headers'], key: string | undefined): Record<string, string> => {
  const encoded: Record<string, string> = key === undefined ? {} : { [KEY]: key };
  for (const [name, value] of Object.entries(headers)) encoded[RESERVED.test(name) ? `${MOVED}${name}` : name] = value;
  return encoded;
};

/** Persistent, and with the media type where others look for it. */
export const encodeProperties = ({ id, headers, body, key }: BrokerMessage, mandatory: boolean): Options.Publish => {
  const text = typeof body === 'string';
  return {
    messageId: id,
    appId: OURS,
    headers: encodeHeaders(headers, key),
    contentType:
      headers['content-type'] ?? headers['Content-Type'] ?? (text ? 'text/plain' : 'application/octet-stream'),
    ...(text ? { contentEncoding: TEXT } : {}),
    persistent: true,
    mandatory,
  };
};

/** AMQP's own fields of a message that somebody else sent, under the names that such headers have elsewhere. */
const FIELDS = [
  ['contentType', 'content-type'],
  ['contentEncoding', 'content-encoding'],
  ['correlationId', 'correlation-id'],
  ['replyTo', 'reply-to'],
  ['type', 'type'],
  ['appId', 'app-id'],
  // RabbitMQ lets nobody write another user's name here.
  ['userId', 'user-id'],
] as const;

const foreignHeaders = (properties: ConsumeMessage['properties']): [string, string][] =>
  FIELDS.flatMap(([field, name]) => {
    const value: unknown = properties[field];
    return typeof value === 'string' ? [[name, value]] : [];
  });

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString() : (JSON.stringify(value) ?? '');
};

export const decode = ({ fields, properties, content }: ConsumeMessage): BrokerMessage => {
  const ours = properties.appId === OURS;
  const headers: Record<string, string> = ours ? {} : Object.fromEntries(foreignHeaders(properties));
  for (const [name, value] of Object.entries(properties.headers ?? {})) {
    if (name.startsWith(MOVED)) headers[name.slice(MOVED.length)] = asText(value);
    // RabbitMQ counts redeliveries in a header of its own.
    else if (name !== KEY && name !== 'x-delivery-count') headers[name] = asText(value);
  }
  const key: unknown = properties.headers?.[KEY];
  const id: unknown = properties.messageId;
  return {
    id: typeof id === 'string' && id !== '' ? id : randomUUID(),
    headers,
    // A copy of the bytes: the buffer is a piece of all that came with them.
    body: ours && properties.contentEncoding === TEXT ? content.toString() : new Uint8Array(content),
    ...(typeof key === 'string' ? { key } : {}),
    // The default exchange is ours alone: nobody else is let publish to it.
    ...(fields.exchange === '' ? {} : { origin: { exchange: fields.exchange, routingKey: fields.routingKey } }),
  };
};
