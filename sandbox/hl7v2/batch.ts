import { readDelimiters } from './delimiters.ts';
import { Hl7Error } from './hl7-error.ts';
import { binaryOf, Hl7Message, linesOf } from './message.ts';

/** A header with its trailer, where there is one, as one message of two segments: `FHS` and `FTS`, or `BHS` and `BTS`. */
export type Envelope = Hl7Message;

export interface Batch {
  /** Without BHS, the messages stand for themselves. */
  readonly envelope?: Envelope;
  readonly messages: readonly Hl7Message[];
}

/** HL7 v2.5 chapter 2.10.3: `[FHS] { [BHS] { MSH … } [BTS] } [FTS]`. */
export interface BatchFile {
  readonly envelope?: Envelope;
  readonly batches: readonly Batch[];
  /** What its counts say and is not so. */
  readonly remarks: readonly string[];
}

/** Bytes of a file. */
export const BATCH_MAX = 64 * 1024 * 1024;

interface Open {
  head?: string;
  trailer?: string;
}

interface OpenBatch {
  readonly open: Open;
  readonly messages: string[][];
}

const envelopeOf = ({ head, trailer }: Open): Envelope | undefined => {
  if (head === undefined) return undefined;
  return new Hl7Message(trailer === undefined ? [head] : [head, trailer], readDelimiters(head));
};

const remark = (envelope: Envelope | undefined, trailer: string, counted: number, what: string): string[] => {
  const said = envelope?.text(`${trailer}-1`) ?? '';
  return said === '' || Number(said) === counted
    ? []
    : [`${trailer}-1 counts ${said}, and there are ${counted} ${what}`];
};

/** Takes a file of messages apart, with or without batch headers. Throws Hl7Error. */
export const parseBatch = (given: Uint8Array | string): BatchFile => {
  const file: Open = {};
  const batches: OpenBatch[] = [];
  const lines = linesOf(binaryOf(given, BATCH_MAX));
  const misplaced = (index: number, why: string) =>
    new Hl7Error(`Line ${index + 1}, ${lines[index]?.slice(0, 3).replace(/[^A-Z0-9]/g, '?')}: ${why}`, {
      condition: 100,
    });
  const current = (): OpenBatch => {
    const last = batches.at(-1);
    if (last !== undefined && last.open.trailer === undefined) return last;
    const next: OpenBatch = { open: {}, messages: [] };
    batches.push(next);
    return next;
  };
  for (const [index, line] of lines.entries()) {
    if (file.trailer !== undefined) throw misplaced(index, 'nothing follows FTS');
    switch (line.slice(0, 3)) {
      case 'FHS':
        if (index > 0) throw misplaced(index, 'a file begins with FHS or has none');
        file.head = line;
        break;
      case 'FTS':
        if (file.head === undefined) throw misplaced(index, 'there was no FHS');
        file.trailer = line;
        break;
      case 'BHS':
        batches.push({ open: { head: line }, messages: [] });
        break;
      case 'BTS': {
        const { open } = current();
        if (open.head === undefined) throw misplaced(index, 'there was no BHS');
        open.trailer = line;
        break;
      }
      case 'MSH':
        current().messages.push([line]);
        break;
      default: {
        const message = batches.at(-1)?.messages.at(-1);
        if (message === undefined || batches.at(-1)?.open.trailer !== undefined)
          throw misplaced(index, 'a segment stands in a message, which begins with MSH');
        message.push(line);
      }
    }
  }
  const read = batches.map(({ open, messages }): Batch => {
    const envelope = envelopeOf(open);
    const parsed = messages.map((own) => new Hl7Message(own, readDelimiters(own[0] ?? '')));
    return envelope === undefined ? { messages: parsed } : { envelope, messages: parsed };
  });
  const envelope = envelopeOf(file);
  const remarks = [
    ...read.flatMap((batch) => remark(batch.envelope, 'BTS', batch.messages.length, 'messages')),
    ...remark(envelope, 'FTS', read.length, 'batches'),
  ];
  return envelope === undefined ? { batches: read, remarks } : { envelope, batches: read, remarks };
};

const around = (envelope: Envelope | undefined, inside: readonly string[]): readonly string[] => {
  const [head, trailer] = envelope?.lines() ?? [];
  return [...(head === undefined ? [] : [head]), ...inside, ...(trailer === undefined ? [] : [trailer])];
};

/** The file in canonical form: the bytes that were parsed, but for their line ends. */
export const writeBatch = ({ envelope, batches }: Pick<BatchFile, 'envelope' | 'batches'>): Buffer => {
  const lines = around(
    envelope,
    batches.flatMap((batch) =>
      around(
        batch.envelope,
        batch.messages.flatMap((message) => message.lines()),
      ),
    ),
  );
  return Buffer.from(lines.map((line) => `${line}\r`).join(''), 'latin1');
};
