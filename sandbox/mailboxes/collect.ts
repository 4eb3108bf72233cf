import type { Ctx } from '../pattern.ts';
import type { Reader, Tx } from '../sql/port.ts';
import type { Mail } from './mail.ts';

/** The bytes of a chunk as they were sent; undefined where there is none of that number. */
export const readChunk = async (
  ctx: Ctx,
  reader: Reader,
  { message }: Mail,
  chunk: number,
): Promise<Buffer | undefined> => {
  const [row] = await reader.query<{ reference: string }>(
    'select reference from mailbox_chunk where store = $1 and message = $2 and chunk = $3',
    [ctx.store, message, chunk],
  );
  if (row === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of ctx.blobs.read(row.reference)) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** The recipient has it safely, so it leaves the inbox; what has left already stays as it is. */
export const acknowledgeMail = async (ctx: Ctx, tx: Tx, message: string): Promise<boolean> => {
  const rows = await tx.query(
    `update mailbox_message set status = 'acknowledged', settled = $3
     where store = $1 and message = $2 and status = 'accepted' returning message`,
    [ctx.store, message, ctx.now()],
  );
  return rows.length > 0;
};
