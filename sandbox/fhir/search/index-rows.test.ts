import { describe, expect, it } from 'vitest';
import { spaceOf } from '../../space.ts';
import { resourceTypes, typeIndex } from '../definitions/types.ts';
import { catchUp } from './catch-up.ts';
import { indexResources, indexRows, unindexResource } from './index-rows.ts';
import { OPEN } from './index-values.ts';
import { copySearch, sweepSearch } from './migrations.ts';
import { searchParameters, unservedParameters } from './parameters.ts';
import { openStockedStore, STORE } from './stocked-store.ts';

const TABLES = ['search_token', 'search_string', 'search_date', 'search_reference', 'search_quantity'] as const;

/** The rows of one parameter, without its number. */
const rowsOf = (resource: { resourceType: string }, code: string, table: (typeof TABLES)[number]): unknown[][] => {
  const param = searchParameters(resource.resourceType).get(code)?.param;
  const rows: unknown[][] = [];
  indexRows(resource, undefined, (of, [number, ...rest]) => {
    if (of === table && number === param) rows.push(rest);
  });
  return rows;
};

const observation = (more: object) => ({ resourceType: 'Observation', ...more });
const patient = (more: object) => ({ resourceType: 'Patient', ...more });
const day = (text: string): number => Date.parse(text);

describe('the index rows of a resource', () => {
  it.each([
    [patient({ gender: 'male' }), 'gender', 'search_token', [['male', 'http://hl7.org/fhir/administrative-gender']]],
    [patient({ identifier: [{ system: 's', value: 'AbC' }] }), 'identifier', 'search_token', [['abc', 's']]],
    [patient({ active: false }), 'active', 'search_token', [['false', 'http://hl7.org/fhir/special-values']]],
    [
      observation({ code: { coding: [{ system: 's', code: 'a' }, { code: 'b' }] } }),
      'code',
      'search_token',
      [
        ['a', 's'],
        ['b', ''],
      ],
    ],
    [observation({ code: { text: 'x' } }), 'code', 'search_token', [['', '']]],
    [
      patient({ name: [{ family: 'Mc  Ådam', given: ['Jo'] }] }),
      'name',
      'search_string',
      [
        ['mc adam', 'Mc  Ådam'],
        ['jo', 'Jo'],
      ],
    ],
    [patient({ birthDate: '1980-02' }), 'birthdate', 'search_date', [[day('1980-02-01'), day('1980-03-01')]]],
    [
      observation({ effectiveDateTime: '2026-01-01T00:00:00+01:00' }),
      'date',
      'search_date',
      [[day('2025-12-31T23:00:00Z'), day('2025-12-31T23:00:01Z')]],
    ],
    [observation({ effectivePeriod: { start: '2026' } }), 'date', 'search_date', [[day('2026-01-01'), OPEN]]],
    [
      observation({ effectiveTiming: { event: ['2026-01-01', '2026-01-03'] } }),
      'date',
      'search_date',
      [
        [day('2026-01-01'), day('2026-01-02')],
        [day('2026-01-03'), day('2026-01-04')],
      ],
    ],
    [observation({ subject: { reference: 'Patient/1/_history/2' } }), 'subject', 'search_reference', [['Patient/1']]],
    [observation({ subject: { reference: 'Group/1' } }), 'patient', 'search_reference', []],
    [
      observation({ subject: { reference: 'https://x/Patient/1' } }),
      'patient',
      'search_reference',
      [['https://x/Patient/1']],
    ],
    [observation({ subject: { type: 'Patient', identifier: { value: '1' } } }), 'patient', 'search_reference', [['']]],
    [
      observation({ valueQuantity: { value: 5, comparator: '<', unit: 'mg' } }),
      'value-quantity',
      'search_quantity',
      [[-OPEN, 5, '', '', 'mg']],
    ],
    [
      { resourceType: 'Invoice', totalGross: { value: 9.5, currency: 'GBP' } },
      'totalgross',
      'search_quantity',
      [[9.5, 9.5, 'urn:iso:std:iso:4217', 'GBP', '']],
    ],
    [{ resourceType: 'ValueSet', url: 'http://X/y' }, 'url', 'search_token', [['http://X/y', '']]],
    [{ resourceType: 'Procedure', performedString: '2020' }, 'date', 'search_date', []],
    [
      patient({ meta: { profile: ['http://x|2'] } }),
      '_profile',
      'search_token',
      [
        ['http://x|2', ''],
        ['http://x', ''],
      ],
    ],
    [
      { resourceType: 'PlanDefinition', library: ['http://x|1'] },
      'depends-on',
      'search_reference',
      [['http://x|1'], ['http://x']],
    ],
  ] as const)('of %j hold for %s in %s: %j', (resource, code, table, expected) => {
    expect(rowsOf(resource, code, table)).toEqual(expected);
  });

  it('can be drawn for every parameter of every type, served or said not to be', () => {
    for (const type of resourceTypes()) {
      expect(searchParameters(type).size).toBeGreaterThanOrEqual(6);
      expect(() =>
        indexRows(
          { resourceType: type, ...{ name: 1, subject: [null], code: {}, identifier: 'x' } },
          undefined,
          () => undefined,
        ),
      ).not.toThrow();
    }
    expect(unservedParameters('Location')).toEqual(['near']);
    expect(unservedParameters('Observation')).toContain('component-code-value-quantity');
  });

  it('go when the resource goes, and only they', async () => {
    const { sql, put, ids } = await openStockedStore();
    await put(
      { resourceType: 'Patient', id: 'a', gender: 'male' },
      { resourceType: 'Patient', id: 'b', gender: 'male' },
    );
    expect(await ids('Patient', 'gender=male')).toEqual(['a', 'b']);
    await sql.transaction((tx) => unindexResource(tx, spaceOf(STORE, typeIndex('Patient') ?? -1), 1));
    expect(await ids('Patient', 'gender=male')).toEqual(['b']);
    await sql.close();
  });

  it('may be more than one statement takes', async () => {
    const { sql, put, ids } = await openStockedStore();
    const identifier = Array.from({ length: 200 }, (_, index) => ({ value: `v${index}` }));
    await put({ resourceType: 'Patient', id: 'a', identifier: [...identifier, ...identifier] });
    expect(await ids('Patient', 'identifier=v0')).toEqual(['a']);
    expect(await ids('Patient', 'identifier=v199')).toEqual(['a']);
    await sql.close();
  });

  it('are copied to another store and swept away in pages', async () => {
    const { sql, where, put } = await openStockedStore();
    await put(
      ...Array.from({ length: 20 }, (_, index) => ({
        resourceType: 'Patient',
        id: `p${index}`,
        gender: 'male',
        birthDate: '1980',
        name: [{ family: 'x' }],
      })),
    );
    const count = async (store: number): Promise<number> => {
      const space = spaceOf(store, typeIndex('Patient') ?? -1);
      const tables = TABLES.map((table) =>
        sql.query<{ n: number }>(`select count(*) as n from ${table} where space = $1`, [space]),
      );
      return (await Promise.all(tables)).reduce((sum, [row]) => sum + (row?.n ?? 0), 0);
    };
    await catchUp(where, [spaceOf(STORE, typeIndex('Patient') ?? -1)]);
    const before = await count(STORE);
    expect(before).toBeGreaterThan(60);
    await sql.transaction((tx) => copySearch(tx, STORE, STORE + 1));
    expect(await count(STORE + 1)).toBe(before);
    const pages: number[] = [];
    for (let gone = 1; gone > 0; ) {
      gone = await sql.transaction((tx) => sweepSearch(tx, STORE, 7));
      pages.push(gone);
    }
    expect(pages.length).toBeGreaterThan(5);
    expect(Math.max(...pages)).toBeLessThanOrEqual(7 + 4);
    expect(await count(STORE)).toBe(0);
    expect(await count(STORE + 1)).toBe(before);
    await sql.close();
  });

  it('are kept once, however often a value stands in the resource', async () => {
    const { sql } = await openStockedStore();
    const twice = { resourceType: 'Patient', name: [{ family: 'x' }, { family: 'x' }] };
    await sql.transaction((tx) => indexResources(tx, 1, [{ rk: 1, resource: twice }]));
    expect(
      await sql.query('select rk from search_string where space = 1 and param = $1', [
        searchParameters('Patient').get('family')?.param ?? -1,
      ]),
    ).toHaveLength(1);
    await sql.close();
  });
});
