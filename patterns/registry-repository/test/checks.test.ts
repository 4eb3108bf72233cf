import { expect, it } from 'vitest';
import { checksContract } from '../../../sandbox/conformance/checks-contract.test-data.ts';

const checks = await checksContract({
  test: import.meta.url,
  load: (file) => import(new URL(`../${file}`, import.meta.url).href),
  prefix: 'REG',
  count: 14,
});

it('judge every requirement of the registry: none is left to a reason', () => {
  expect(new Set(checks.flatMap((check) => check.requirements)).size).toBe(14);
});
