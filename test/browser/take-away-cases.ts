import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { fingerpost, temporaryFolder } from '../e2e/running-service.ts';
import { runLive } from './console-cases.ts';
import { answer } from './guide-cases.ts';
import type { Stage } from './stage.ts';

const PATTERN = 'synchronous-request-response';

/** What the button of the form gives: a file's name, and the files in it. */
const download = async (page: Page): Promise<{ name: string; files: Readonly<Record<string, Uint8Array>> }> => {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the project' }).click(),
  ]);
  return { name: file.suggestedFilename(), files: unzipSync(await readFile(await file.path())) };
};
const textIn = (files: Readonly<Record<string, Uint8Array>>, file: string): string =>
  Buffer.from(files[`${PATTERN}/${file}`] ?? []).toString();

/** Unpacks a project and starts it; that it can be installed is shown elsewhere, here it has our packages. */
const startProject = async (folder: string, files: Readonly<Record<string, Uint8Array>>) => {
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  const cwd = join(folder, PATTERN);
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(cwd, 'node_modules'));
  const begin = async (): Promise<{ base: string; stop(): Promise<unknown> }> => {
    const child = spawn(process.execPath, [`patterns/${PATTERN}/main.ts`], {
      cwd,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    let base = '';
    for await (const line of createInterface({ input: child.stdout })) {
      base ||= /^fhir-r4: (\S+)$/.exec(line)?.[1] ?? '';
      if (line.startsWith('ready')) break;
    }
    const stop = (): Promise<unknown> => {
      child.kill('SIGTERM');
      return gone;
    };
    return { base, stop };
  };
  return { cwd, begin };
};

export const takeAwayCases = (stage: () => Stage): void => {
  describe('a project, in a browser', () => {
    it('goes from seven questions to a record, a project, a mistake, and the requirement that it breaks', async () => {
      const { page, complaints } = await stage().open('/');
      await page.getByRole('link', { name: 'Start the guide' }).click();
      for (const question of ['Q1', 'Q2', 'Q3']) await answer(page, question, 'yes');
      await page.getByRole('button', { name: 'See the outcome' }).click();
      await page.getByLabel('Title').fill('Ask the GP system');
      await page.getByRole('button', { name: 'Record decision' }).click();
      await page.getByRole('heading', { level: 1, name: 'Ask the GP system' }).waitFor();
      const { name, files } = await download(page);
      expect([name, complaints]).toEqual([`${PATTERN}.zip`, []]);
      expect(textIn(files, 'README.md')).toContain('Ask the GP system');
      await page.context().close();

      const folder = temporaryFolder();
      const project = await startProject(folder.path, files);
      const judge = async (): Promise<{ code: number | null; stdout: string }> => {
        const { base, stop } = await project.begin();
        const judged = await fingerpost(['conform', '--pattern', PATTERN, '--target', base, '--dialect', 'fhir-r4']);
        await stop();
        return judged;
      };
      const sound = await judge();
      expect(sound.code, sound.stdout).toBe(0);
      const file = join(project.cwd, 'sandbox/fhir/stored.ts');
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, before.replace('=> `W/"', '=> `"'));
      const broken = await judge();
      expect(broken.code, broken.stdout).toBe(1);
      expect(broken.stdout).toMatch(/^FAIL +RRS-02 /m);
      folder.remove();
    }, 60_000);

    it('is on engines of choice where they are chosen, and from a sandbox in its dialect', async () => {
      const { page, complaints } = await stage().open('/guide/outcome?Q1=yes&Q2=yes&Q3=yes');
      await page.getByLabel('It keeps its data in').selectOption({ label: 'PostgreSQL' });
      await page.getByLabel('Its messages are carried by').selectOption({ label: 'RabbitMQ' });
      const { files } = await download(page);
      expect(textIn(files, 'compose.yaml')).toMatch(/postgres:[\s\S]*rabbitmq:/);
      await runLive(page);
      await page.getByRole('tab', { name: 'Project' }).click();
      const own = await download(page);
      expect(textIn(own.files, '.fingerpost.yaml')).toMatch(/^dialect: fhir-r4$/m);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
};
