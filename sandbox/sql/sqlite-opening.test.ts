import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSql } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-opening-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeFileSync(join(folder, 'letter.txt'), 'Dear colleague, this is no database at all. '.repeat(40));
  mkdirSync(join(folder, 'a folder.db'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
});

const messageOf = async (url: string): Promise<string> => {
  try {
    await (await openSql(url, [])).close();
    return 'opened';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('a store that cannot be opened', () => {
  it.each([
    ['letter.txt', 'letter.txt is not a SQLite database (file is not a database)'],
    ['a folder.db', 'a folder.db cannot be opened (unable to open database file)'],
    ['letter.txt/x.db', 'letter.txt/x.db cannot be opened'],
    ['letter.txt/deep/x.db', 'letter.txt/deep for the store cannot be made (ENOTDIR)'],
    ['dangling/x.db', 'dangling for the store cannot be made (EEXIST)'],
  ])('names the file or the folder, and what to set: %s', async (path, words) => {
    const message = await messageOf(`sqlite:${join(folder, path)}`);
    expect(message).toContain(join(folder, words));
    expect(message).toContain('set STORE_URL to a file');
    expect(message).not.toContain('\n');
  });

  // Linux only: a folder that is there and in which none can be made, for anybody. A process of its own, because what
  // this guards against never returns and cannot be interrupted.
  it.runIf(existsSync('/proc/self'))('gives up on a folder in which none can be made, at once', () => {
    const program = `
      import { openSql } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      await openSql('sqlite:/proc/x/deep/y.db', []).catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 10_000,
      killSignal: 'SIGKILL',
    });
    expect(stdout).toMatch(/^The folder \/proc\/x for the store cannot be made \(ENOENT\): set STORE_URL to a file/);
  });

  it('makes only the folders that are missing', async () => {
    expect(await messageOf(`sqlite:${join(folder, 'one', 'two', 'three', 'x.db')}`)).toBe('opened');
    expect(readdirSync(join(folder, 'one', 'two', 'three'))).toContain('x.db');
    expect(await messageOf(`sqlite:${join(folder, 'one', 'two', 'four', 'x.db')}`)).toBe('opened');
  });

  it('says of a file that another process holds which one it is', async () => {
    const file = join(folder, 'held.db');
    const other = new DatabaseSync(file);
    other.exec('pragma locking_mode = exclusive; begin exclusive');
    expect(await messageOf(`sqlite:${file}`)).toContain(`(${file})`);
    other.close();
  });
});
