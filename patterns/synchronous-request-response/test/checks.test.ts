import { checksContract } from '../../../sandbox/conformance/checks-contract.test-data.ts';

await checksContract({
  test: import.meta.url,
  load: (file) => import(new URL(`../${file}`, import.meta.url).href),
  prefix: 'RRS',
  count: 13,
});
