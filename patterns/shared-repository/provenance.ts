import { create, find } from '../../sandbox/fhir/repository.ts';
import { unguarded, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import type { Organisation } from './organisations.ts';

export interface Contribution {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly action: 'create' | 'update' | 'delete' | 'reinstate';
  readonly organisation: Organisation;
}

/** http://terminology.hl7.org/CodeSystem/v3-DataOperation */
const OPERATION = { create: 'CREATE', update: 'UPDATE', delete: 'DELETE', reinstate: 'REACTIVATE' } as const;

const codings = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});

/** Who is known by an identifier is named by it, who has none by name alone. */
export const referenceTo = ({ title, identifier }: Organisation): fhir4.Reference => ({
  type: 'Organization',
  ...(identifier === undefined ? {} : { identifier }),
  display: title,
});

/** Writes the Provenance of one version, in the transaction of the write. */
export const recordContribution = async (
  ctx: WritingCtx,
  tx: Tx,
  { type, id, version, action, organisation }: Contribution,
) => {
  const made = await create(unguarded(ctx), tx, {
    resourceType: 'Provenance',
    target: [{ reference: `${type}/${id}/_history/${version}` }],
    recorded: new Date(ctx.now()).toISOString(),
    activity: codings('v3-DataOperation', OPERATION[action]),
    agent: [{ type: codings('provenance-participant-type', 'author'), who: referenceTo(organisation) }],
  });
  await tx.query(
    'insert into shr_contribution (store, record, version, provenance) values ($1, $2, $3, $4) on conflict do nothing returning version',
    [ctx.store, `${type}/${id}`, version, made.id],
  );
};

/** The Provenance of every version of a record, oldest first. */
export const contributionsTo = async (ctx: Ctx, reader: Reader, record: string): Promise<readonly unknown[]> => {
  const rows = await reader.query<{ provenance: string }>(
    'select provenance from shr_contribution where store = $1 and record = $2 order by version limit 500',
    [ctx.store, record],
  );
  const found: unknown[] = [];
  for (const { provenance } of rows) {
    const row = await find(ctx, reader, 'Provenance', provenance);
    if (row !== undefined) found.push(JSON.parse(row.body));
  }
  return found;
};
