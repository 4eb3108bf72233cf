import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServiceReply } from './call.ts';

const isChunks = (body: object): body is AsyncIterable<string> => Symbol.asyncIterator in body;

const sendChunks = async (response: ServerResponse, chunks: AsyncIterable<string>): Promise<void> => {
  try {
    // The next chunk is asked for only once the socket took the one before.
    await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    // The reader going away is how most streams end.
    if (!response.destroyed) throw error;
  }
};

const utf8 = (type: string): string => (type.includes('charset') ? type : `${type}; charset=utf-8`);

/** Writes what a handler returned; `type` is what was agreed on with the client. */
export const sendReply = async (response: ServerResponse, reply: ServiceReply, type: string): Promise<void> => {
  response.statusCode = reply.status;
  // What a key opens must not stay in a cache; what it does not open says so itself.
  response.setHeader('cache-control', 'no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  const { body } = reply;
  if (body === undefined) {
    response.end();
    return;
  }
  if (body instanceof Uint8Array) {
    response.setHeader('content-type', type);
    response.setHeader('content-length', body.length);
    response.end(body);
    return;
  }
  const isText = typeof body === 'string';
  if (!isText && isChunks(body)) {
    response.setHeader('content-type', utf8(type));
    response.setHeader('x-accel-buffering', 'no');
    response.flushHeaders();
    if (response.req.method === 'HEAD') response.end();
    else await sendChunks(response, body);
    return;
  }
  const text = isText ? body : JSON.stringify(body);
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', isText ? utf8(type) : 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
};
