import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../../test/engines/postgres.ts';
import type { Reader, SqlValue } from '../../sql/port.ts';
import { person } from './person.test-data.ts';
import { parseSearch, runSearch } from './query.ts';
import { openStockedStore, type StockedStore } from './stocked-store.ts';

let server: Postgres;
let store: StockedStore;

/** The plan of each statement that a search runs, as the server itself sees it; of those alone that have a text in them. */
const explained = async (query: string, having = ''): Promise<readonly string[]> => {
  const plans: string[] = [];
  const reader: Reader = {
    async query<R extends object>(text: string, params: readonly SqlValue[] = []) {
      const lines = await store.sql.query<{ 'QUERY PLAN': string }>(`explain ${text}`, params);
      if (text.includes(having)) plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
      return store.sql.query<R>(text, params);
    },
  };
  await runSearch({ ...store.where, sql: reader }, parseSearch('Patient', new URLSearchParams(query)), 50);
  return plans;
};

describe.skipIf(postgresIsMissing())('the reading of a page on PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPostgres();
    store = await openStockedStore(await server.createDatabase());
    await store.put(...Array.from({ length: 300 }, (_, index) => person(index)));
    await store.search('Patient', 'identifier=none');
  });
  afterAll(async () => {
    await store.sql.close();
    await server.remove();
  });

  it.each([
    'identifier=s|17',
    'gender=male&_count=20',
    'gender=male&identifier=s|17',
    'gender=male&birthdate=gt1950',
    'gender=male&_sort=family&_count=20',
    'family=name1&birthdate=ge1980',
    '_id=p0001,p0002',
    'name=name3&gender:not=male',
    '_has:Observation:subject:status=final',
    'general-practitioner:Organization.name=x',
  ])('walks an index, and looks up by one what each resource is tested for, for %s', async (query) => {
    const plans = await explained(query);
    expect(plans.length).toBeGreaterThan(1);
    expect(plans.filter((plan) => /Seq Scan|Bitmap|Hash Join|Merge Join/.test(plan))).toEqual([]);
    const conditions = plans.flatMap((plan) => plan.match(/Index Cond: .*/g) ?? []);
    expect(conditions.filter((condition) => !condition.includes('space = '))).toEqual([]);
    // What belongs to a test stands in a plan of its own, which is run for each resource.
    const tests = plans.flatMap((plan) => plan.split(/^ *SubPlan \d+$/m).slice(1));
    const lookUps = tests.map((test) => /Index Cond: (.*)/.exec(test)?.[1] ?? 'none');
    expect(lookUps.filter((condition) => !/\b(?:rk|id|target) = /.test(condition))).toEqual([]);
  });

  it.each([
    '_sort=family&_count=20',
    '_sort=-family&_count=20',
    '_sort=birthdate&_count=20',
    '_sort=-birthdate&_count=20',
    '_sort=-birthdate,family&_count=20',
    '_sort=-_id&_count=20',
    'gender=male&_sort=-birthdate&_count=20',
  ])('sorts only what has the same value as the last of the page, for %s', async (query) => {
    const plans = await explained(query, 'order by k0');
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(/^ *(?:-> +)?(?:Sort|HashAggregate|Unique) +\(cost/m);
  });
});
