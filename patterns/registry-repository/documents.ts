import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** What a repository has to know of a document to register it. */
export interface Draft {
  /** `Binary/1`: below the repository's FHIR base. */
  readonly id: string;
  /** `https://fhir.nhs.uk/Id/nhs-number|9000000009`; the system may be any. */
  readonly person: string;
  /** A SNOMED CT code of kinds.ts, or words. */
  readonly kind: string;
  readonly title: string;
  readonly contentType: string;
  /** Size, and SHA-1 in base64, as FHIR R4 has Attachment.hash; of a structured record, whose bytes may vary, neither. */
  readonly bytes?: number;
  readonly hash?: string;
  readonly created: string;
  readonly restricted: boolean;
  /** The pointer that its own is to replace. */
  readonly replaces?: string;
}

/** A document, and how it stands with the registry. */
export interface Kept {
  readonly draft: Draft;
  /** Undefined until the registry has said that it is registered. */
  readonly pointer: string | undefined;
  /** Whether it is to be registered. */
  readonly wanted: boolean;
  /** Whether the document itself is no longer there. */
  readonly gone: boolean;
  readonly attempts: number;
}

interface Row {
  readonly id: string;
  readonly pointer: string | null;
  readonly wanted: number;
  readonly gone: number;
  readonly attempts: number;
  readonly draft: string;
}

const keptOf = (row: Row): Kept => ({
  // Written below, and nowhere else.
  draft: JSON.parse(row.draft) as Draft,
  pointer: row.pointer ?? undefined,
  wanted: row.wanted === 1,
  gone: row.gone === 1,
  attempts: row.attempts,
});

const COLUMNS = 'id, pointer, wanted, gone, attempts, draft';

export const keepDocument = async (ctx: Ctx, tx: Tx, kept: Kept): Promise<void> => {
  const { draft, pointer, wanted, gone, attempts } = kept;
  await tx.query(
    `insert into reg_document (store, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (store, id) do update set pointer = excluded.pointer, wanted = excluded.wanted, gone = excluded.gone,
       attempts = excluded.attempts, draft = excluded.draft`,
    [ctx.store, draft.id, pointer ?? null, Number(wanted), Number(gone), attempts, JSON.stringify(draft)],
  );
};

/** What nobody needs to know of any more: the document is gone, and so is its pointer. */
export const forgetDocument = async (ctx: Ctx, tx: Tx, id: string): Promise<void> => {
  await tx.query('delete from reg_document where store = $1 and id = $2', [ctx.store, id]);
};

export const documentBy = async (ctx: Ctx, reader: Reader, id: string): Promise<Kept | undefined> => {
  const [row] = await reader.query<Row & object>(
    `select ${COLUMNS} from reg_document where store = $1 and (id = $2 or pointer = $2)`,
    [ctx.store, id],
  );
  return row && keptOf(row);
};

const LISTED = 100;

export const documentsOf = async (ctx: Ctx, reader: Reader): Promise<readonly Kept[]> => {
  const rows = await reader.query<Row & object>(
    `select ${COLUMNS} from reg_document where store = $1 order by id limit ${LISTED}`,
    [ctx.store],
  );
  return rows.map(keptOf);
};

/** Registered and gone, or there and not yet registered: what the repository owes the registry. */
export const owed = ({ pointer, wanted, gone }: Kept): boolean =>
  gone ? pointer !== undefined : wanted && pointer === undefined;
