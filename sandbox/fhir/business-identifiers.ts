import { member } from '../act-values.ts';
import type { Ctx, StorePart } from '../pattern.ts';
import { type Problem, problem } from '../problem.ts';
import type { Reader, Tx } from '../sql/port.ts';
import type { FhirResource } from './stored.ts';

/** The identifiers that contributors give their records. Each is one record's for good, also when that is deleted. */
export interface BusinessIdentifier {
  readonly system: string;
  readonly value: string;
}

export const DUPLICATE_RECORD: Problem = {
  condition: 'duplicate-record',
  status: 422,
  title: 'There is a record with this identifier',
  issue: 'duplicate',
};

export const IDENTIFIER_CHANGED: Problem = {
  condition: 'identifier-changed',
  status: 422,
  title: 'The identifier of a record does not change',
  issue: 'business-rule',
};

/** Those that have a system and a value, without which nobody can tell whose they are. */
export const identifiersOf = (resource: FhirResource): readonly BusinessIdentifier[] => {
  const { identifier } = resource;
  const all: readonly unknown[] = Array.isArray(identifier) ? identifier : identifier === undefined ? [] : [identifier];
  return all.flatMap((one) => {
    const [system, value] = [member(one, 'system'), member(one, 'value')];
    return typeof system === 'string' && typeof value === 'string' ? [{ system, value }] : [];
  });
};

const same = (one: BusinessIdentifier, other: BusinessIdentifier): boolean =>
  one.system === other.system && one.value === other.value;

/** Takes them for a record; throws where another record has one of them. */
export const claimIdentifiers = async (ctx: Ctx, tx: Tx, resource: FhirResource, id: string): Promise<void> => {
  const type = resource.resourceType;
  for (const { system, value } of identifiersOf(resource)) {
    const [taken] = await tx.query<{ id: string }>(
      `insert into business_identifier (store, type, system, value, id) values ($1, $2, $3, $4, $5)
       on conflict (store, type, system, value) do update set id = business_identifier.id returning id`,
      [ctx.store, type, system, value, id],
    );
    if (taken !== undefined && taken.id !== id)
      throw problem(DUPLICATE_RECORD, `The provided identifier: ${system}#${value} is duplicated`, {
        at: `${type}.identifier`,
      });
  }
};

/** Throws where a record would lose, or change, one that it had. */
export const requireSameIdentifiers = (before: FhirResource, after: FhirResource): void => {
  const kept = identifiersOf(after);
  const lost = identifiersOf(before).find((one) => !kept.some((other) => same(one, other)));
  if (lost !== undefined)
    throw problem(
      IDENTIFIER_CHANGED,
      `Validation errors: identifier ${lost.system}#${lost.value} doesn't match with the stored content`,
      { at: `${after.resourceType}.identifier` },
    );
};

/** The record that has it, deleted or not. */
export const recordOfIdentifier = async (
  ctx: Ctx,
  reader: Reader,
  type: string,
  { system, value }: BusinessIdentifier,
): Promise<string | undefined> => {
  const [row] = await reader.query<{ id: string }>(
    'select id from business_identifier where store = $1 and type = $2 and system = $3 and value = $4',
    [ctx.store, type, system, value],
  );
  return row?.id;
};

export const identifierStore: StorePart = {
  migrations: [
    {
      id: 'business-identifier-1',
      statements: [
        `create table business_identifier (store bigint not null, type text not null, system text not null,
           value text not null, id text not null, primary key (store, type, system, value)) without rowid`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query(
      `insert into business_identifier (store, type, system, value, id)
       select $2, type, system, value, id from business_identifier where store = $1`,
      [from, to],
    );
  },
  sweep: async (tx, store, limit) => {
    const gone = await tx.query(
      `delete from business_identifier where store = $1 and (type, system, value) in
         (select type, system, value from business_identifier where store = $1
          order by type, system, value limit $2) returning id`,
      [store, limit],
    );
    return gone.length;
  },
};
