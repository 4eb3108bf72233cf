import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fail, pass } from './check.ts';
import type { Progress } from './course.ts';
import { on } from './evidence.ts';
import { EMPTY_PROFILE } from './profile.ts';
import { parseRequirements } from './requirement.ts';
import { type Conformance, runConformance } from './run.ts';

const server = createServer((_request, response) => response.end('hello'));
let target: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close().closeAllConnections());

const STEPS = ['one', 'two', 'three'] as const;
const conformance: Conformance = {
  requirements: parseRequirements(
    `requirements:\n${STEPS.map((step, index) => `  - { id: TST-0${index + 1}, level: SHALL, role: responder, statement: Says ${step}., source: a test }`).join('\n')}`,
    'test',
  ),
  checks: STEPS.map((step, index) => ({
    id: `tst-0${index + 1}`,
    requirements: [`TST-0${index + 1}`],
    title: `It answers ${step}`,
    failure: 'It does not.',
    judge: (evidence) => on(evidence, step, ({ reply }) => (reply.status === 200 ? pass : fail('No.', step))),
  })),
  drive: async (session) => {
    await session.http('one', { method: 'GET', path: '/1' });
    await session.http('in-between', { method: 'GET', path: '/x' });
    await session.pause(5_000);
    session.leaveOut(['two'], 'nobody wants it');
    await session.http('three', { method: 'GET', path: '/3' });
  },
};
const brisk: Conformance = {
  ...conformance,
  drive: (session) => conformance.drive({ ...session, pause: async () => undefined }),
};
const options = { pattern: 'p', dialect: 'd', profile: EMPTY_PROFILE, tool: 'fingerpost 0' };

it('ends at its limit of requests, judges what it has, and says of the rest why it was not observed', async () => {
  const bounds = { requests: 2, milliseconds: 60_000 };
  const report = await runConformance(brisk, { ...options, target, bounds });
  expect(report.exchanges.map(({ step }) => step)).toEqual(['one', 'in-between']);
  expect(report.requirements.map(({ verdict }) => verdict)).toEqual(['pass', 'skip', 'skip']);
  expect(report.requirements[2]?.checks[0]?.message).toBe(
    'not observed: the step "three" was not reached; the run ended at its limit of 2 requests',
  );
  expect(report.notice).toMatch(/^The run ended at its limit of 2 requests\. What it had not come to/);
});

it('ends at its limit of time, also while it waits because a target asked it to', async () => {
  const bounds = { requests: 100, milliseconds: 100 };
  const report = await runConformance(conformance, { ...options, target, bounds });
  expect(report.milliseconds).toBeLessThan(4_000);
  expect(report.requirements.map(({ verdict }) => verdict)).toEqual(['pass', 'skip', 'skip']);
  expect(report.notice).toContain('The run ended at its limit of 0.1 seconds.');
});

it('tells with each request which check it is for, and how much of what checks ask for is done', async () => {
  const told: Progress[] = [];
  await runConformance(brisk, { ...options, target, progress: (progress) => told.push(progress) });
  expect(told.map(({ percent, requests, step, check }) => [percent, requests, step, check?.requirement])).toEqual([
    [0, 0, 'one', 'TST-01'],
    [33, 1, 'in-between', undefined],
    [66, 2, 'three', 'TST-03'],
  ]);
  expect(told[0]?.check?.title).toBe('It answers one');
});
