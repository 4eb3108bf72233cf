import { expect, it } from 'vitest';
import { checksContract } from '../../../sandbox/conformance/checks-contract.test-data.ts';

const checks = await checksContract({
  test: import.meta.url,
  load: (file) => import(new URL(`../${file}`, import.meta.url).href),
  prefix: 'RRS',
  count: 13,
});

it('hold nothing against plain FHIR that only PDS asks for', () => {
  const strict = checks.filter((check) => /412 PRECONDITION|409|\{patches/.test(check.title + check.failure));
  expect(strict.length).toBeGreaterThan(0);
  expect(strict.every((check) => check.dialects?.join() === 'pds')).toBe(true);
});
