import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from './conform-harness.test-data.ts';
import { fingerpost, temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const file = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

/** A shell that starts a server beside itself, as `npm start` does: ending the shell alone would leave the server. */
const system = (port: number, more = ''): string => {
  const path = file(
    `server-${port}.mjs`,
    `import { createServer } from 'node:http';
     import { writeFileSync } from 'node:fs';
     writeFileSync(${JSON.stringify(join(folder.path, `${port}.pid`))}, String(process.pid));
     ${more}
     createServer((request, response) => { response.writeHead(404, { 'content-type': 'application/fhir+json' }).end('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}'); }).listen(${port}, '127.0.0.1');`,
  );
  return `"${process.execPath}" "${path}" & wait`;
};

const isThere = (port: number): boolean => {
  try {
    process.kill(Number(readFileSync(join(folder.path, `${port}.pid`), 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
};

const args = (port: number, command: string, ...more: readonly string[]): readonly string[] => [
  ...['conform', '--pattern', 'synchronous-request-response', '--target', `http://127.0.0.1:${port}/fhir`],
  ...['--start', command, ...more],
];

describe('fingerpost conform --start', () => {
  it('starts the system, judges it, ends it with what it started, and leaves each report that was asked for', async () => {
    const port = await freePort();
    const [html, xml, json, zip] = ['r.html', 'r.xml', 'r.json', 'r.zip'].map((name) => join(folder.path, name));
    const reports = [html, xml, json, zip].map(String);
    const { code, stdout, stderr } = await fingerpost(args(port, system(port), '--progress', '--report', ...reports));
    expect([code, isThere(port)]).toEqual([1, false]);
    expect(stdout).toMatch(/\nIndex \d+ %: of the \d+ requirements asked of a responder here/);
    expect(stderr).toMatch(/^ {2}0 % .*\(0 requests\)\n/);
    expect(stderr).toMatch(/ \d\d % {2}RRS-\d\d {2}\S/);
    expect(readFileSync(reports[0] ?? '', 'utf8')).toContain('<h1>Failed: synchronous-request-response (fhir-r4)</h1>');
    expect(readFileSync(reports[1] ?? '', 'utf8')).toContain('<property name="index" value="');
    expect(JSON.parse(readFileSync(reports[2] ?? '', 'utf8'))).toMatchObject({ exitCode: 1 });
    const pack = unzipSync(readFileSync(reports[3] ?? ''));
    expect(strFromU8(pack['evidence/README.txt'] ?? new Uint8Array())).toContain('THIS IS NOT NHS ASSURANCE.');
  });

  it('ends with 3 and what the system said last where it never answers, or ends by itself', async () => {
    const port = await freePort();
    const silent = await fingerpost(args(port, 'echo "no database"; sleep 60', '--wait-for', 'PT0.3S'));
    expect([silent.code, silent.stdout]).toEqual([3, '']);
    expect(silent.stderr).toMatch(
      /did not answer at http:\S+ within 0\.3 seconds \(connection refused\)\. It said last:\nno database\n$/,
    );
    const dead = await fingerpost(args(port, 'echo "bad config" >&2; exit 7'));
    expect(dead.code).toBe(3);
    expect(dead.stderr).toMatch(/ended by itself with 7 before it answered .*It said last:\nbad config\n$/);
  });

  it('does not judge what answered there before, and starts nothing where something was asked wrongly', async () => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const marker = join(folder.path, 'marker');
    const touch = `touch "${marker}"; sleep 60`;
    const there = await fingerpost(args(taken, touch));
    server.close().closeAllConnections();
    expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('Something answers at')]);
    const wrong = await fingerpost(args(await freePort(), touch, '--dialect', 'klingon'));
    expect([wrong.code, existsSync(marker)]).toEqual([2, false]);
  });

  it('is cancelled by Ctrl-C, and what it started is gone then', async () => {
    const port = await freePort();
    // It will not end when it is asked to.
    const command = system(port, 'process.on("SIGTERM", () => {});');
    const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));
    const more = ['--wait-on', `http://127.0.0.1:${port}/ready`, '--progress'];
    const child = spawn(process.execPath, [start, ...args(port, command, ...more)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (said === '') child.kill('SIGINT');
      said += chunk.toString();
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([130, expect.stringContaining('The run was cancelled: there is no report.')]);
    expect(isThere(port)).toBe(false);
  });
});

describe('fingerpost conform --waivers and --min-index', () => {
  const judge = async (...more: readonly string[]) => {
    const port = await freePort();
    return fingerpost(args(port, system(port), ...more));
  };

  it('lets a waived failure stand and shows it as waived; an expired or unknown waiver is 2', async () => {
    const before = await judge();
    const failed = [...before.stdout.matchAll(/^FAIL {3}(\S+)/gm)].map(([, id]) => id);
    expect(failed.length).toBeGreaterThan(0);
    const list = failed.map((id) => `- { requirement: ${id}, reason: known, expires: 2999-01-01 }`).join('\n');
    const waived = await judge('--waivers', file('waivers.yaml', `waivers:\n${list}`));
    expect([waived.code, waived.stdout]).toEqual([0, expect.stringContaining(`waive  ${failed[0]}`)]);
    expect(waived.stdout).not.toMatch(/^FAIL/m);
    expect((await judge('--min-index', '99', '--waivers', join(folder.path, 'waivers.yaml'))).code).toBe(1);
    const old =
      '[{ requirement: RRS-01, reason: x, expires: 2020-01-01 }, { check: nothing, reason: x, expires: 2999-01-01 }]';
    const refused = await judge('--waivers', file('old.yaml', `waivers: ${old}`));
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/RRS-01 expired on 2020-01-01[\s\S]*there is no check nothing here/);
  });
});
