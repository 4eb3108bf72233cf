import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { BATCH_MAX, parseBatch } from '../../sandbox/hl7v2/batch.ts';
import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import { type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import { FrameDecoder } from '../../sandbox/hl7v2/mllp-frames.ts';
import { writeLocation } from '../../sandbox/hl7v2/path.ts';

/** What is wrong with the input, or with the other side: exit code 1, in one line. */
export class InputError extends Error {}

/** The bytes of a file; of standard input where the name is `-` or there is none. */
export const readBytes = async (file: string | undefined): Promise<Buffer> => {
  if (file === undefined || file === '-') return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** What was captured from the wire is a message, too: its frames are taken off. */
const bare = (bytes: Buffer): Buffer => {
  if (bytes[0] !== 0x0b) return bytes;
  const decoder = new FrameDecoder(BATCH_MAX);
  return Buffer.concat(decoder.push(bytes).map(({ content }) => content));
};

/** The one message, or each of a batch file, whose wrong counts are told to standard error. Throws InputError with the place. */
export const readMessages = async (file: string | undefined): Promise<readonly Hl7Message[]> => {
  const bytes = bare(await readBytes(file));
  try {
    const isBatch = /^\s*(?:FHS|BHS)/.test(bytes.subarray(0, 16).toString('latin1'));
    const isSeveral = /[\r\n]MSH/.test(bytes.toString('latin1').trimStart());
    if (!isBatch && !isSeveral) return [parseMessage(bytes)];
    const { batches, remarks } = parseBatch(bytes);
    for (const remark of remarks) console.error(`warning: ${remark}`);
    return batches.flatMap(({ messages }) => messages);
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    const place = error.at === undefined ? '' : `${writeLocation(error.at)}: `;
    throw new InputError(`${file ?? 'Standard input'} holds no HL7 v2 message. ${place}${error.message}`);
  }
};

/** Runs a command; an error of the input is one line and exit code 1. */
export const orFailure = async (run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof InputError || error instanceof Hl7Error)) throw error;
    const at = error instanceof Hl7Error && error.at !== undefined ? `${writeLocation(error.at)}: ` : '';
    console.error(`error: ${at}${error.message}`);
    process.exitCode = 1;
  }
};
