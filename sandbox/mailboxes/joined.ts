import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Ctx } from '../pattern.ts';
import type { Fault } from '../problem.ts';
import { realNumbersInBody } from '../real-numbers/in-body.ts';
import { readChunk } from './collect.ts';
import type { Mail } from './mail.ts';

const unpack = promisify(gunzip);
/** Bytes, packed and unpacked, up to which all of a message is put together; of a larger one only what lies about its seams. */
const WHOLE_MAX = 32 * 1024 * 1024;
const SEAM = 512;
const NOTHING = Buffer.alloc(0);

/** Chunks that were each packed make one text when they are unpacked in a row, as does one that was packed and then cut. */
const plain = async (bytes: Buffer, { about }: Mail): Promise<Buffer> =>
  about.contentEncoding === 'gzip' ? unpack(bytes, { maxOutputLength: WHOLE_MAX }).catch(() => NOTHING) : bytes;

const inWhole = async (ctx: Ctx, mail: Mail): Promise<Fault[]> => {
  const pieces: Buffer[] = [];
  for (let chunk = 1; chunk <= mail.total; chunk += 1)
    pieces.push((await readChunk(ctx, ctx.sql, mail, chunk)) ?? NOTHING);
  return realNumbersInBody(await plain(Buffer.concat(pieces), mail), { type: mail.about.contentType });
};

const atSeams = async (ctx: Ctx, mail: Mail): Promise<Fault[]> => {
  let before: Uint8Array = NOTHING;
  for (let chunk = 1; chunk <= mail.total; chunk += 1) {
    const bytes = await plain((await readChunk(ctx, ctx.sql, mail, chunk)) ?? NOTHING, mail);
    const faults = realNumbersInBody(Buffer.concat([before, bytes.subarray(0, SEAM)]), { part: true });
    if (faults.length > 0) return faults;
    before = bytes.subarray(-SEAM);
  }
  return [];
};

/** What a message whose chunks are all there says, put together, of a number that may be a real person's: it may have been cut in two. */
export const realNumbersInJoined = async (ctx: Ctx, mail: Mail): Promise<Fault[]> => {
  if (ctx.allowRealNhsNumbers) return [];
  return mail.size <= WHOLE_MAX ? inWhole(ctx, mail) : atSeams(ctx, mail);
};
