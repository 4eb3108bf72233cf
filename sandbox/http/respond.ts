import type { ServerResponse } from 'node:http';
import { CLIENT_GONE, CLIENT_LEFT } from '../journal-notes.ts';
import type { Reply } from '../pattern.ts';
import { answerOf, type Head, headOf, isStream, linesOf } from './answer-of.ts';
import { followed } from './follow.ts';
import type { Passage } from './passage.ts';

/** Bytes of a streamed body that are kept for the journal. */
const KEPT = 65_536;

/** Resolves when more can be written, or nothing any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

const stream = async (
  passage: Passage,
  status: number,
  head: Head,
  body: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  const { response } = passage;
  const kept: Buffer[] = [];
  let size = 0;
  let note: string | undefined;
  let gone = false;
  response.writeHead(status, linesOf(head));
  try {
    for await (const chunk of body) {
      gone = passage.gone;
      if (gone) break;
      const bytes = Buffer.from(chunk);
      if (size < KEPT) kept.push(bytes.subarray(0, KEPT - size));
      size += bytes.length;
      if (!response.write(bytes) && !response.destroyed) await drained(response);
    }
    response.end();
  } catch (error) {
    // The status is sent already: only a broken connection can still tell that this is not the whole.
    note = `The reply broke off after ${size} bytes`;
    passage.host.log.error({ err: error, correlation: passage.id }, 'a streamed reply failed');
    response.destroy();
  }
  if (gone) note ??= CLIENT_LEFT;
  if (size > KEPT) note ??= `Of ${size} bytes the first ${KEPT} are shown`;
  passage.finish({ status, ...head, body: Buffer.concat(kept) }, note);
};

/** Sends the reply, with what faults do to it, and completes the exchange in the journal; a promise only of what streams. */
export const respond = (passage: Passage, reply: Reply): undefined | Promise<void> => {
  const { response } = passage;
  const answer = passage.expected(reply) ?? answerOf(passage, reply);
  if (answer === undefined) {
    const { status, body, follow } = reply;
    if (follow !== undefined)
      return stream(passage, status, headOf(passage, reply, undefined, 'text/event-stream'), followed(passage, follow));
    if (isStream(body)) return stream(passage, status, headOf(passage, reply, undefined), body);
    throw new Error('A reply that is neither streamed nor sent at once');
  }
  const { status, head, bytes, size } = answer;
  const gone = passage.gone;
  response.writeHead(status, linesOf(head));
  if (bytes === undefined) response.end();
  // Text of as many bytes as characters is ASCII: as such it needs no encoding.
  else if (typeof bytes === 'string' && size === bytes.length) response.end(bytes, 'latin1');
  else response.end(bytes);
  passage.finish(answer.half, gone ? CLIENT_GONE : passage.note);
  return undefined;
};
