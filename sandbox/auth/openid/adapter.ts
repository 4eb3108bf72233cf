import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Sql } from '../../sql/port.ts';
import { forgetToken } from '../token-rows.ts';

interface Row {
  readonly payload: string;
  readonly expires_real: number;
}

export interface AdapterOptions {
  readonly sql: Sql;
  readonly sandbox: string;
  /** Real milliseconds. */
  now(): number;
  /** What the provider has to know of a client (OpenID Connect Dynamic Client Registration 1.0, section 2). */
  client(id: string): AdapterPayload | undefined;
}

/** The rows of one sandbox as what oidc-provider asks of a store: nothing of it is kept in the process. */
export const createAdapter =
  ({ sql, sandbox, now, client }: AdapterOptions) =>
  (model: string): Adapter => {
    const where = 'sandbox = $1 and model = $2';
    const payloadOf = ([row]: readonly Row[]): AdapterPayload | undefined =>
      row === undefined || row.expires_real <= now() ? undefined : JSON.parse(row.payload);
    return {
      // Whatever is kept here has an end; a client has none, and is not.
      upsert: async (id, payload, expiresIn = 0) => {
        await sql.transaction((tx) =>
          tx.query(
            `insert into auth_entity (sandbox, model, id, payload, grant_id, uid, expires_real)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (sandbox, model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
               uid = excluded.uid, expires_real = excluded.expires_real`,
            [
              sandbox,
              model,
              id,
              JSON.stringify(payload),
              payload.grantId ?? null,
              payload.uid ?? null,
              now() + expiresIn * 1_000,
            ],
          ),
        );
      },
      find: async (id) =>
        model === 'Client'
          ? client(id)
          : payloadOf(
              await sql.query<Row>(`select payload, expires_real from auth_entity where ${where} and id = $3`, [
                sandbox,
                model,
                id,
              ]),
            ),
      findByUid: async (uid) =>
        payloadOf(
          await sql.query<Row>(`select payload, expires_real from auth_entity where ${where} and uid = $3`, [
            sandbox,
            model,
            uid,
          ]),
        ),
      // Of devices, which are not offered.
      findByUserCode: async () => undefined,
      consume: async (id) => {
        await sql.transaction(async (tx) => {
          const [row] = await tx.query<Row>(
            `select payload, expires_real from auth_entity where ${where} and id = $3`,
            [sandbox, model, id],
          );
          const payload: AdapterPayload | undefined = row && JSON.parse(row.payload);
          // Two that redeem one code at the same moment have both read it as it was before: here one of them is second.
          if (payload === undefined || payload.consumed !== undefined)
            throw new errors.InvalidGrant('it was used before');
          const consumed = { ...payload, consumed: Math.floor(now() / 1_000) };
          await tx.query(`update auth_entity set payload = $4 where ${where} and id = $3`, [
            sandbox,
            model,
            id,
            JSON.stringify(consumed),
          ]);
        });
      },
      destroy: async (id) => {
        await sql.transaction(async (tx) => {
          await tx.query(`delete from auth_entity where ${where} and id = $3`, [sandbox, model, id]);
          if (model === 'AccessToken') await forgetToken(tx, id);
        });
      },
      revokeByGrantId: async (grant) => {
        await sql.transaction(async (tx) => {
          const gone = await tx.query<{ id: string }>(
            `delete from auth_entity where ${where} and grant_id = $3 returning id`,
            [sandbox, model, grant],
          );
          for (const { id } of model === 'AccessToken' ? gone : []) await forgetToken(tx, id);
        });
      },
    };
  };
