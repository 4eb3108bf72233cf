import { expectTypeOf, it } from 'vitest';
import type * as module from './vitest.ts';
import type * as entry from './vitest-entry.d.ts';

it('is declared for others as it is', () => {
  expectTypeOf<typeof module.describeConformance>().toEqualTypeOf<typeof entry.describeConformance>();
});
