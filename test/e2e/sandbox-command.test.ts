import { afterAll, beforeAll, expect, it } from 'vitest';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const run = (...args: readonly string[]) => fingerpost(['sandbox', ...args, '--url', service.url]);

it('fingerpost sandbox makes one and says what is needed next, shows it, and deletes it', async () => {
  const made = await run('create', '--pattern', 'synchronous-request-response', '--dialect', 'pds');
  const { id, key, page, ...rest } = JSON.parse(made.stdout);
  expect(page).toBe(`${service.url}/sandboxes/${id}#key=${key}`);
  expect(Object.keys(rest)).toEqual(['pattern', 'dialect', 'endpoints', 'expiresAt']);
  const shown = await run('show', id, '--key', key);
  expect(JSON.parse(shown.stdout)).toMatchObject({ id, dialect: 'pds', participants: [{}, {}] });
  expect((await run('delete', id, '--key', key)).code).toBe(0);
  const gone = await run('show', id, '--key', key);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('no such sandbox')]);
});

it('fingerpost sandbox makes one in which callers need a token, and says where they get it', async () => {
  const made = await run('create', '--pattern', 'synchronous-request-response', '--auth', 'signed-jwt');
  const { id, authentication } = JSON.parse(made.stdout);
  expect(authentication).toMatchObject({ tokenUrl: `${service.url}/sandboxes/${id}/oauth2/token` });
});
