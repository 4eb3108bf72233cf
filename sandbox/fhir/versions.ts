import type { Reader, Tx } from '../sql/port.ts';

/** How a version came about; the method of its history entry. */
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The text of a version, and when it was made; the text of a deletion is empty. */
export interface VersionText {
  readonly updated: number;
  readonly body: string;
}

/** One version of what a space holds under an id, whether it is the current one or was before. */
export const storedVersion = async (
  reader: Reader,
  space: number,
  id: string,
  version: number,
): Promise<VersionText | undefined> => {
  const [current] = await reader.query<VersionText & { version: number }>(
    'select version, updated, body from fhir_resource where space = $1 and id = $2',
    [space, id],
  );
  if (current === undefined || version > current.version) return undefined;
  if (version === current.version) return { updated: current.updated, body: current.body };
  const [before] = await reader.query<{ updated: number; body: string | null }>(
    'select updated, body from fhir_history where space = $1 and id = $2 and version = $3',
    [space, id, version],
  );
  return before === undefined ? undefined : { updated: before.updated, body: before.body ?? '' };
};

/** Puts the current version among those before: the caller is about to write the next one over it. */
export const keepVersion = (
  tx: Tx,
  store: number,
  { space, rk }: { readonly space: number; readonly rk: number },
): Promise<unknown> =>
  tx.query(
    `insert into fhir_history (store, seq, space, id, version, updated, method, body)
     select $3, seq, space, id, version, updated, method, case when deleted = 1 then null else body end
     from fhir_resource where space = $1 and rk = $2`,
    [space, rk, store],
  );
