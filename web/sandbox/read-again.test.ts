import { expect, it } from 'vitest';
import { sandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import { isForKey, readAgain, type Shown } from './read-again.ts';

const failing = (status: number) => ({
  ...sandboxApi('s', 'k'),
  get: () => Promise.reject(new ApiError(status, 'No', 'Not now.', [])),
});
const before = { sandbox: { id: 's' }, pattern: { id: 'p' } } as Shown;

it('keeps what was there where it cannot be read for a time, and says so', async () => {
  expect(await readAgain(failing(503), before)).toEqual({
    ...before,
    stale: 'What is shown here may be out of date. Not now.',
  });
  await expect(readAgain(failing(503))).rejects.toThrow('Not now.');
});

it('shows nothing of it to whoever has no key to it any more', async () => {
  const error = await readAgain(failing(401), before).catch((reason: unknown) => reason);
  expect(isForKey(error)).toBe(true);
});
