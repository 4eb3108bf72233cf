import { expect, it } from 'vitest';
import { newControlId } from './control-id.ts';

it('a control id has twenty characters, of which the first eight are enough to tell it from the others of a run', () => {
  const ids = Array.from({ length: 20_000 }, newControlId);
  for (const id of ids) expect(id).toMatch(/^[0-9A-F]{20}$/);
  expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(ids.length);
});
