import type { MessageRow } from './rows.ts';

/** Bytes of bodies, and of what else a row has, about. */
const BYTES_MAX = 8 * 1024 * 1024;
const ROW_BYTES = 1024;

/**
 * Messages that this process has just put into its store, for the relay, which takes most of them within milliseconds and need
 * not read them again. The store says which are ready: of a transaction that came to nothing none ever is, and what changes
 * besides the state comes with another attempt.
 */
export interface AtHand {
  keep(row: MessageRow): void;
  get(id: string, serial: number, attempt: number): MessageRow | undefined;
  drop(rows: readonly MessageRow[]): void;
}

const sizeOf = ({ body }: MessageRow): number => ROW_BYTES + body.length;

/** `most`: bytes; beyond it the oldest go. */
export const createAtHand = (most = BYTES_MAX): AtHand => {
  const rows = new Map<string, MessageRow>();
  let bytes = 0;
  const remove = (id: string): void => {
    const row = rows.get(id);
    if (row === undefined) return;
    rows.delete(id);
    bytes -= sizeOf(row);
  };
  return {
    keep(row) {
      remove(row.id);
      rows.set(row.id, row);
      bytes += sizeOf(row);
      if (bytes <= most) return;
      for (const id of rows.keys()) {
        remove(id);
        if (bytes <= most) return;
      }
    },
    get(id, serial, attempt) {
      const row = rows.get(id);
      return row?.serial === serial && row.attempt === attempt ? row : undefined;
    },
    drop(taken) {
      for (const { id } of taken) remove(id);
    },
  };
};
