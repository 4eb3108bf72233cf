import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ciRecipes } from './ci-recipes.ts';
import { freePort } from './conform-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = temporaryFolder();

/** Node 24 first in the path, as on a machine where it is what `node` means. */
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  npm_config_loglevel: 'error',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
};
const npx = (...args: string[]) => run('npx', ['--no-install', ...args], { cwd: folder.path, env });
const fingerpost = (...args: string[]) => npx('fingerpost', ...args);

/** The version of a package that we test with ourselves. */
const pinned = (name: string): string => {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return `${name}@${devDependencies[name]}`;
};

const serve = (): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn('npx', ['--no-install', 'fingerpost', 'serve'], {
    cwd: folder.path,
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const url = /ready on (http\S+)/.exec(chunk.toString())?.[1];
      if (url !== undefined) resolve({ child, url });
    });
    child.once('exit', (code) => reject(new Error(`fingerpost serve stopped with ${code}`)));
  });
};

describe('the published package in an empty project', () => {
  let service: { readonly child: ChildProcess; readonly url: string };
  let target: string;
  beforeAll(async () => {
    await run('npm', ['pack', '--pack-destination', folder.path], { cwd: root, env });
    const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder.path, 'package.json'), '{ "name": "empty-project", "private": true }');
    await run('npm', ['install', '--no-save', '--prefer-offline', `./${tarball}`, pinned('vitest')], {
      cwd: folder.path,
      env,
    });
    service = await serve();
    const created = await fetch(`${service.url}/api/sandboxes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pattern: 'synchronous-request-response' }),
    });
    const { id } = await json<{ id: string }>(created);
    target = `${service.url}/sandboxes/${id}/FHIR/R4`;
  }, 180_000);
  afterAll(() => {
    if (service?.child.pid !== undefined) process.kill(-service.child.pid, 'SIGTERM');
    folder.remove();
  });

  it('decides', async () => {
    expect((await fingerpost('--version')).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    const decided = await fingerpost('decide', '--answers', 'Q1=yes,Q2=yes,Q3=yes', '--json');
    expect(JSON.parse(decided.stdout)).toMatchObject({ outcome: { pattern: 'synchronous-request-response' } });
  });

  it('hands over the same project as the sources do, tests included', async () => {
    const taken = join(folder.path, 'taken');
    await fingerpost('scaffold', 'shared-repository', '--dir', taken);
    const here = join(folder.path, 'here');
    await run('node', ['start.mjs', 'scaffold', 'shared-repository', '--dir', here], { cwd: root, env });
    expect(readFileSync(join(taken, '.fingerpost.yaml'), 'utf8')).toBe(
      readFileSync(join(here, '.fingerpost.yaml'), 'utf8'),
    );
  });

  it('serves its pages', async () => {
    expect(await (await fetch(service.url)).text()).toContain('Fingerpost');
  });

  it('checks', async () => {
    const { stdout } = await fingerpost(
      ...['conform', '--pattern', 'synchronous-request-response', '--target', target],
      ...['--consent-to-write', '--format', 'json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 0, counts: { fail: 0, error: 0 } });
  });

  describe('in CI, by the recipes of the README', () => {
    /** Each with the port of this run in place of the one that stands there; npm has installed what there is. */
    const recipes = async () => {
      const port = String(await freePort());
      const found = ciRecipes(readFileSync(join(root, 'README.md'), 'utf8'));
      return found.map(({ name, commands }) => ({
        name,
        installs: commands.filter((command) => /^npm (ci|install --save-dev fingerpost)$/.test(command)),
        commands: commands
          .filter((command) => command.includes('fingerpost conform'))
          .map((command) => command.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)),
        port,
      }));
    };
    const serverOn = (port: string, options = ''): void => {
      writeFileSync(join(folder.path, 'server.ts'), readFileSync(new URL('./plain-fhir-server.ts', import.meta.url)));
      writeFileSync(
        join(folder.path, 'server.js'),
        `import('./server.ts').then(({ startPlainServer }) => startPlainServer({ port: ${port}${options} }));`,
      );
    };
    const bash = (command: string) =>
      run('bash', ['-ec', command], { cwd: folder.path, env }).then(
        () => 0,
        (failed: { code: number }) => failed.code,
      );

    it('are one for the shell, GitHub Actions, GitLab and Jenkins, and each passes a system that keeps the rules', async () => {
      const all = await recipes();
      expect(all.map(({ name }) => name)).toEqual(['shell', 'GitHub Actions', 'GitLab', 'Jenkins']);
      for (const { name, installs, commands, port } of all) {
        expect([name, installs.length, commands.length]).toEqual([name, 1, 1]);
        serverOn(port);
        expect([name, await bash(commands[0] ?? '')]).toEqual([name, 0]);
        expect(readFileSync(join(folder.path, 'conformance.xml'), 'utf8')).toContain('failures="0"');
        expect(readFileSync(join(folder.path, 'conformance.html'), 'utf8')).toContain('RRS-02');
      }
    });

    it('fail the build, and leave the reports, where the system breaks a rule', async () => {
      const [shell] = await recipes();
      serverOn(shell?.port ?? '', ', ignoresIfMatch: true');
      expect(await bash(shell?.commands[0] ?? '')).toBe(1);
      expect(readFileSync(join(folder.path, 'conformance.xml'), 'utf8')).toContain('type="RRS-04"');
    });
  });

  describe('for vitest', () => {
    interface Told {
      readonly numPassedTests: number;
      readonly testResults: readonly {
        readonly assertionResults: readonly { title: string; status: string; failureMessages: string[] }[];
      }[];
    }
    const tests = async (name: string, url: string) => {
      writeFileSync(
        join(folder.path, `${name}.test.mjs`),
        `import { describeConformance } from 'fingerpost/vitest';
         await describeConformance({
           pattern: 'synchronous-request-response',
           target: () => '${url}',
           profile: { consentToWrite: true },
         });`,
      );
      const output = join(folder.path, `${name}.json`);
      // It ends with 1 where a test fails, which one of these is for.
      await npx('vitest', 'run', `${name}.test.mjs`, '--reporter=json', `--outputFile=${output}`).catch(
        () => undefined,
      );
      const told: Told = JSON.parse(readFileSync(output, 'utf8'));
      return told.testResults.flatMap(({ assertionResults }) => assertionResults);
    };

    it('is a test for each requirement', async () => {
      const results = await tests('right', target);
      const of = (status: string) => results.filter((one) => one.status === status).map(({ title }) => title);
      expect(of('failed')).toEqual([]);
      expect(of('passed').some((title) => title.startsWith('RRS-02 SHALL: A read returns 200'))).toBe(true);
      expect(of('passed')).toContain('judges something');
    });

    it('fails by the name of the requirement, with what was found', async () => {
      const results = await tests('wrong', `${service.url}/nowhere`);
      const failed = results.filter(({ status }) => status === 'failed');
      const read = failed.find(({ title }) => title.startsWith('RRS-09'));
      expect(read?.failureMessages.join()).toContain('/Patient?');
    });
  });
});
