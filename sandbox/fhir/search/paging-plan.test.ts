import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Reader } from '../../sql/port.ts';
import { person } from './person.test-data.ts';
import { parseSearch, runSearch } from './query.ts';
import { openStockedStore } from './stocked-store.ts';

describe('the reading of a page on SQLite', () => {
  const explained = async (query: string): Promise<readonly string[]> => {
    const store = await openStockedStore();
    await store.put(...Array.from({ length: 300 }, (_, index) => person(index)));
    const files = await store.sql.query<{ name: string; file: string }>('select name, file from pragma_database_list');
    const fileOf = (name: string) => files.find((each) => each.name === name)?.file ?? '';
    const db = new DatabaseSync(fileOf('main'), { readOnly: true });
    db.prepare('attach database ? as beside').run(fileOf('beside'));
    const plans: string[] = [];
    const reader: Reader = {
      async query<R extends object>(text: string, params: readonly (string | number | null | Uint8Array)[] = []) {
        const numbered = text.replace(/\$(\d+)/g, '?$1');
        for (const row of db.prepare(`explain query plan ${numbered}`).all(...params)) plans.push(String(row.detail));
        return db.prepare(numbered).all(...params) as R[];
      },
    };
    const search = parseSearch('Patient', new URLSearchParams(query));
    await store.search('Patient', 'identifier=none');
    await runSearch({ ...store.where, sql: reader }, search, 50);
    db.close();
    await store.sql.close();
    return plans;
  };

  it.each([
    'identifier=s|17',
    'gender=male&_count=20',
    'gender=male&identifier=s|17',
    'gender=male&birthdate=gt1950',
    'gender=male&birthdate=1931-01-01',
    'gender=male&_sort=family&_count=20',
    'gender=male&_sort=-birthdate&_count=20',
    'family=name1&birthdate=ge1980',
    'family=name1&_sort=birthdate,family',
    '_id=p0001,p0002',
    'name=name3&gender:not=male',
    '_has:Observation:subject:status=final',
    'general-practitioner:Organization.name=x',
  ])('seeks in an index at every step for %s', async (query) => {
    const plans = await explained(query);
    const walks = plans.filter((step) => /^SCAN (?!p$|[ad]\d*$|q$|u$|c$|CONSTANT)/.test(step));
    expect(plans.length).toBeGreaterThan(1);
    expect(walks).toEqual([]);
    const seeks = plans.filter(
      (step) => step.startsWith('SEARCH') && !step.startsWith('SEARCH search_progress') && step.includes('space='),
    );
    expect(seeks.filter((step) => !/space=\? AND/.test(step))).toEqual([]);
    expect(
      seeks.filter(
        (step) => step.includes('EXISTS') && /search_|fhir_/.test(step) && !/rk=\?|target=\?|id=\?/.test(step),
      ),
    ).toEqual([]);
  });
});
