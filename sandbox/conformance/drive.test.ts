import { expect, it } from 'vitest';
import { driveAll, driveIn } from './drive.ts';
import type { Session } from './session.ts';

it('drives a target in the steps of all and in those of its dialect, which are the usual ones where it has none', async () => {
  const taken: string[] = [];
  const takes = (step: string) => async () => void taken.push(step);
  const drive = driveAll([takes('all'), driveIn(['plain'], takes('plain')), driveIn(['mail'], takes('mail'))], () =>
    Promise.resolve('plain'),
  );
  // As far as it is asked here.
  for (const dialect of ['mail', 'plain', 'another']) await drive({ dialect } as Partial<Session> as Session);
  expect(taken).toEqual(['all', 'mail', 'all', 'plain', 'all', 'plain']);
});
