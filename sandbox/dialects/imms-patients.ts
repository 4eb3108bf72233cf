import type { Ctx, StorePart } from '../pattern.ts';
import type { Reader, Tx } from '../sql/port.ts';

/** NHS number → the immunisations of that person, which is how this API is searched. */
export const keepPatient = async (
  ctx: Ctx,
  tx: Tx,
  id: string,
  number: { readonly before?: string | undefined; readonly after?: string | undefined },
): Promise<void> => {
  if (number.before !== undefined && number.before !== number.after)
    await tx.query('delete from imms_patient where store = $1 and nhs_number = $2 and id = $3 returning id', [
      ctx.store,
      number.before,
      id,
    ]);
  if (number.after !== undefined)
    await tx.query(
      'insert into imms_patient (store, nhs_number, id) values ($1, $2, $3) on conflict do nothing returning id',
      [ctx.store, number.after, id],
    );
};

export const recordsOfPatient = async (ctx: Ctx, reader: Reader, number: string): Promise<readonly string[]> => {
  const rows = await reader.query<{ id: string }>(
    'select id from imms_patient where store = $1 and nhs_number = $2 order by id',
    [ctx.store, number],
  );
  return rows.map(({ id }) => id);
};

export const patientStore: StorePart = {
  migrations: [
    {
      id: 'imms-patient-1',
      statements: [
        `create table imms_patient (store bigint not null, nhs_number text not null, id text not null,
           primary key (store, nhs_number, id)) without rowid`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query(
      'insert into imms_patient (store, nhs_number, id) select $2, nhs_number, id from imms_patient where store = $1',
      [from, to],
    );
  },
  sweep: async (tx, store, limit) => {
    const gone = await tx.query(
      `delete from imms_patient where store = $1 and (nhs_number, id) in
         (select nhs_number, id from imms_patient where store = $1 order by nhs_number, id limit $2) returning id`,
      [store, limit],
    );
    return gone.length;
  },
};
