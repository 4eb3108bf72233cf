import type { Migration, Row, SqlValue } from './port.ts';

/** The tables of the contract. */
export const contractMigrations: readonly Migration[] = [
  {
    id: 'contract-1',
    statements: [
      `create table item (id bigint primary key, name text collate "C" not null, price double precision,
        data bytea, flag bigint not null)`,
      'create unique index item_name on item (name)',
      `create table term (space bigint not null, norm text collate "C" not null, rk bigint not null,
        primary key (space, norm, rk)) without rowid`,
      'create table counter (name text primary key, value bigint not null)',
    ],
  },
];

type Step = readonly [text: string, values: readonly SqlValue[]];
interface SubsetCase {
  readonly title: string;
  readonly before: readonly Step[];
  readonly statement: string;
  readonly params: readonly SqlValue[];
  readonly rows: readonly Row[];
}

const item = (id: number, name: string): Step => [
  'insert into item (id, name, flag) values ($1, $2, $3)',
  [id, name, id % 2],
];
const term = (norm: string, rk: number): Step => [
  'insert into term (space, norm, rk) values ($1, $2, $3)',
  [7, norm, rk],
];
const count: Step = ["insert into counter (name, value) values ('n', 41)", []];

/** One SQL that every driver runs alike (rules 1); what others write in their stores has its example here. */
export const subsetCases: readonly SubsetCase[] = [
  {
    title: 'every kind of value comes back as it was bound',
    before: [
      [
        'insert into item (id, name, price, data, flag) values ($1, $2, $3, $4, $5)',
        [Number.MAX_SAFE_INTEGER, 'Zoë O’Neill 👩‍⚕️ 12', 0.1, new Uint8Array([0, 1, 255]), 1],
      ],
    ],
    statement: 'select id, name, price, data, flag from item',
    params: [],
    rows: [
      {
        id: Number.MAX_SAFE_INTEGER,
        name: 'Zoë O’Neill 👩‍⚕️ 12',
        price: 0.1,
        data: new Uint8Array([0, 1, 255]),
        flag: 1,
      },
    ],
  },
  {
    title: 'null is bound, and found with "is null" on a column',
    before: [['insert into item (id, name, price, flag) values (1, $1, $2, 0)', ['a', null]]],
    statement: 'select name, price, data from item where price is null and data is null',
    params: [],
    rows: [{ name: 'a', price: null, data: null }],
  },
  {
    title: 'numbers in text stay text',
    before: [item(1, '0042')],
    statement: 'select name from item where name = $1',
    params: ['0042'],
    rows: [{ name: '0042' }],
  },
  {
    title: 'a parameter can be used twice, and $10 is not $1',
    before: [item(1, 'a'), item(10, 'b')],
    statement: 'select id from item where id in ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) order by id',
    params: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    rows: [{ id: 1 }, { id: 10 }],
  },
  {
    title: 'parameters in literals, quoted names and comments are none',
    before: [item(1, 'a')],
    statement: `select '$2; it''s ?' as a, name as "camelCase $3" /* $4 like */ from item where id = $1 -- $5`,
    params: [1],
    rows: [{ a: "$2; it's ?", 'camelCase $3': 'a' }],
  },
  {
    title: 'insert … returning',
    before: [],
    statement: 'insert into item (id, name, flag) values ($1, $2, $3) returning id, flag',
    params: [5, 'e', 1],
    rows: [{ id: 5, flag: 1 }],
  },
  {
    title: 'insert … on conflict do nothing returning gives no row where there was one',
    before: [item(1, 'a')],
    statement: 'insert into item (id, name, flag) values ($1, $2, 0) on conflict do nothing returning id',
    params: [2, 'a'],
    rows: [],
  },
  {
    title: 'insert … on conflict do update sees both rows',
    before: [count],
    statement: `insert into counter (name, value) values ($1, $2)
      on conflict (name) do update set value = counter.value + excluded.value returning value`,
    params: ['n', 1],
    rows: [{ value: 42 }],
  },
  {
    title: 'insert … select … where true on conflict do nothing',
    before: [item(1, 'a'), item(2, 'b')],
    statement: `insert into item (id, name, flag) select id + 1, name || $1, flag from item where true
      on conflict do nothing returning id, name`,
    params: ['!'],
    rows: [{ id: 3, name: 'b!' }],
  },
  {
    title: 'several rows in one insert',
    before: [],
    statement: 'insert into term (space, norm, rk) values ($1, $2, $3), ($1, $4, $5) returning rk',
    params: [1, 'x', 2, 'y', 3],
    rows: [{ rk: 2 }, { rk: 3 }],
  },
  {
    title: 'update … returning as a counter that hands out numbers',
    before: [count],
    statement: 'update counter set value = value + $1 where name = $2 returning value',
    params: [3, 'n'],
    rows: [{ value: 44 }],
  },
  {
    title: 'delete … returning as a guard that only one can pass',
    before: [item(1, 'a')],
    statement: 'delete from item where id = $1 returning name',
    params: [1],
    rows: [{ name: 'a' }],
  },
  {
    title: 'prefix search on normalised values, in code point order',
    before: [
      term('smit', 1),
      term('smith', 2),
      term('smithé', 3),
      term('smithson', 4),
      term('smiti', 5),
      term('Smith', 6),
    ],
    statement: 'select rk from term where space = $1 and norm >= $2 and norm < $3 order by norm, rk',
    params: [7, 'smith', `smith${String.fromCodePoint(0x10ffff)}`],
    rows: [{ rk: 2 }, { rk: 4 }, { rk: 3 }],
  },
  {
    title: 'a page continues after a key',
    before: [term('a', 1), term('a', 2), term('b', 1), term('c', 1)],
    statement: 'select norm, rk from term where space = $1 and (norm, rk) > ($2, $3) order by norm, rk limit $4',
    params: [7, 'a', 1, 2],
    rows: [
      { norm: 'a', rk: 2 },
      { norm: 'b', rk: 1 },
    ],
  },
  {
    title: 'exists, coalesce, case, cast and count come back as numbers',
    before: [item(1, 'a'), item(2, 'b')],
    statement: `select count(*) as n, coalesce(sum(flag), 0) as odd, case when max(id) > $1 then 1 else 0 end as big,
      cast('12' as bigint) as twelve from item where exists (select 1 from item as other where other.id = item.id)`,
    params: [1],
    rows: [{ n: 2, odd: 1, big: 1, twelve: 12 }],
  },
  {
    title: 'deleting a bounded page of rows by key, which come back in any order',
    before: [
      term('a', 1),
      term('b', 2),
      term('c', 3),
      [
        `delete from term where space = $1 and (norm, rk) in
          (select norm, rk from term where space = $1 order by norm, rk limit $2) returning rk`,
        [7, 2],
      ],
    ],
    statement: 'select rk from term where space = $1',
    params: [7],
    rows: [{ rk: 3 }],
  },
];
