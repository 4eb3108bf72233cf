import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SqlError } from './error.ts';
import { makeFolder } from './sqlite-folder.ts';

export interface Location {
  readonly file: string;
  readonly synchronous: 'NORMAL' | 'FULL';
  /** For how many milliseconds the lock of another process is waited for. */
  readonly lockWait: number;
  /** Removes what was made only for this run. */
  dispose(): void;
}

const LOCK_WAIT_MS = 5000;

/**
 * `sqlite:./data/store.db`, `sqlite:/absolute.db`, `sqlite::memory:` (a file of its own that is removed on close,
 * because a second connection has to see it), each with `?sync=normal|full`
 * and `lockwait=` (milliseconds). Makes the folder when it is missing.
 */
export const locate = (url: string): Location => {
  const [, path = '', query = ''] = /^sqlite:(?:\/\/(?=\/))?([^?]*)(?:\?(.*))?$/s.exec(url) ?? [];
  if (path === '') throw new SqlError('misuse', `${url} names no file: write sqlite:./data/store.db`);
  const options = new URLSearchParams(query);
  const sync = options.get('sync') ?? 'normal';
  const lockWait = Number(options.get('lockwait') ?? LOCK_WAIT_MS);
  options.delete('sync');
  options.delete('lockwait');
  const [unknown] = options.keys();
  if (unknown !== undefined)
    throw new SqlError('misuse', `${url}: unknown option "${unknown}"; known are sync and lockwait`);
  if (sync !== 'normal' && sync !== 'full') {
    throw new SqlError('misuse', `${url}: sync is normal or full, not "${sync}"`);
  }
  if (!Number.isInteger(lockWait) || lockWait < 0) {
    throw new SqlError('misuse', `${url}: lockwait is a number of milliseconds`);
  }
  const synchronous = sync === 'full' ? 'FULL' : 'NORMAL';
  if (path === ':memory:') {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    return {
      file: join(directory, 'store.db'),
      synchronous,
      lockWait,
      dispose: () => rmSync(directory, { recursive: true, force: true }),
    };
  }
  const file = resolve(path);
  makeFolder(dirname(file));
  return { file, synchronous, lockWait, dispose: () => undefined };
};
