import { threadId } from 'node:worker_threads';
import { serveBeside } from './beside-thread.ts';

/**
 * For tests: copies what is stored to the table beside it; below 0 it fails in one way or another, says which thread it is,
 * or works until it is awaited.
 */
serveBeside(async (tx, input, isAwaited) => {
  const copied = await tx.query<{ id: number }>(
    'insert into copy (id) select id from item where true on conflict do nothing returning id',
  );
  if (input === -1) throw new Error('It was told to fail');
  if (input === -2) process.exit(1);
  while (input === -4 && !isAwaited());
  return input === -3 ? threadId : copied.length;
});
