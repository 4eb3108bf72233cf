import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';
import { request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

/** The eight leaves of the chapter's tree. */
const paths = [
  ['Q1=yes,Q2=yes,Q3=yes', 'synchronous-request-response'],
  ['Q1=yes,Q2=yes,Q3=no', 'registry-repository'],
  ['Q1=yes,Q2=no,Q4=yes', 'shared-repository'],
  ['Q1=yes,Q2=no,Q4=no', 'registry-repository'],
  ['Q1=no,Q5=yes,Q6=yes', 'asynchronous-request-response'],
  ['Q1=no,Q5=yes,Q6=no', 'synchronous-request-response'],
  ['Q1=no,Q5=no,Q7=yes', 'information-push'],
  ['Q1=no,Q5=no,Q7=no', 'publish-subscribe'],
] as const;

const answersOf = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string]));

describe.each(paths)('the path %s', (path, pattern) => {
  it(`leads to ${pattern} by the API, and shows what each other answer would have led to`, async () => {
    const { status, body } = await request(service.url, 'POST', '/api/guide/evaluate', {
      body: { answers: answersOf(path) },
    });
    expect([status, body]).toMatchObject([200, { outcome: { pattern }, route: [{ question: 'Q1' }, {}, {}] }]);
    expect(body).toMatchObject({ alternatives: [{}, {}, {}] });
  });

  it(`leads to ${pattern} on the command line, with answers given and with answers typed`, async () => {
    const given = await fingerpost(['decide', '--answers', path, '--json']);
    expect(given.code).toBe(0);
    expect(JSON.parse(given.stdout)).toMatchObject({ outcome: { pattern } });
    const typed = await fingerpost(['decide'], `${Object.values(answersOf(path)).join('\n')}\n`);
    const manifest: { title: string } = parse(
      await readFile(new URL(`../../patterns/${pattern}/pattern.yaml`, import.meta.url), 'utf8'),
    );
    expect(typed.code).toBe(0);
    expect(typed.stdout).toContain(manifest.title);
  });
});

describe('a decision', () => {
  it('is recorded once, read back byte for byte after a restart, and given as an ADR', async () => {
    const body = {
      title: 'Medication <history> in A&E',
      solution: 'Urgent care',
      status: 'accepted',
      answers: answersOf(paths[0][0]),
      reasons: { Q1: 'A clinician asks' },
    };
    const recorded = await request(service.url, 'POST', '/api/decisions', { body });
    expect(recorded.status).toBe(201);
    const { id } = recorded.body as { id: string };
    const before = await (await fetch(new URL(`/api/decisions/${id}`, service.url))).text();
    await service.stop();
    service = await startService(folder.path);
    expect(await (await fetch(new URL(`/api/decisions/${id}`, service.url))).text()).toBe(before);
    const adr = await fetch(new URL(`/api/decisions/${id}`, service.url), { headers: { accept: 'text/markdown' } });
    expect(adr.headers.get('content-type')).toContain('text/markdown');
    expect(await adr.text()).toMatch(
      /## Context and Problem Statement[\s\S]*## Considered Options[\s\S]*## Decision Outcome/,
    );
  });
});
