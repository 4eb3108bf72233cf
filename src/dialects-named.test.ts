import { expect, it } from 'vitest';
import { dialectsNamed } from './dialects-named.test-data.ts';

it.each([
  ["if (ctx.dialect.id === 'pds') stop();", ['pds', 'pds']],
  ['const isPds = () => true;', ['pds', 'isPds']],
  ['const PDS_WRITES = [];', ['pds', 'PDS_WRITES']],
  ["import { one } from './pds-query.ts';", ['pds', './pds-query.ts']],
  ['say(`in PDS`);', ['pds', 'in PDS']],
  ["const SAID: Record<string, number> = { pds: 409, 'fhir-r4': 412 };", undefined],
  ["const check = { dialects: ['pds', 'fhir-r4'] };", undefined],
  ["const type = 'pds-record-change-2';", undefined],
  ["const system = 'https://example.org/pds';", undefined],
  ['const updatedAt = 1; // as in pds', undefined],
])('code that says %s names %j', (source, named) => {
  expect(dialectsNamed(source, ['pds', 'fhir-r4'])).toEqual(named === undefined ? [] : [named]);
});
