import { type BlobReference, readWholeBlob } from '../blobs.ts';
import type { Reader } from '../sql/port.ts';
import type { MessageRow } from './rows.ts';

/** The claim check that came with a message, and the message with its whole body, read piece by piece. */
export const redeem = async (
  reader: Reader,
  row: MessageRow,
): Promise<readonly [MessageRow, BlobReference | undefined]> => {
  if (row.claim === null) return [row, undefined];
  // Written by enqueueMessage.
  const claim = JSON.parse(row.claim) as BlobReference;
  return [{ ...row, body: await readWholeBlob(reader, row.serial, claim.reference) }, claim];
};
