import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './running-service.ts';
import { baseOf, type TakenProject, takeAway } from './taken-project.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Case {
  readonly pattern: string;
  /** A mistake that somebody makes, and the requirement that it breaks in this dialect. */
  readonly mistake: readonly [file: string, from: string, to: string];
  readonly dialect: string;
  readonly breaks: string;
}

// Synchronous request/response is scaffold.test.ts.
const CASES: readonly Case[] = [
  {
    pattern: 'asynchronous-request-response',
    mistake: ['respond.ts', "{ 'x-correlation-id': correlation }", '{}'],
    dialect: 'bars',
    breaks: 'RRA-04',
  },
  {
    pattern: 'registry-repository',
    mistake: ['retrieve-document.ts', "type, id)) === '8'", "type, id)) === 'never'"],
    dialect: 'nrl',
    breaks: 'REG-12',
  },
  {
    pattern: 'shared-repository',
    mistake: ['provenance.ts', '    agent: [{', '    performer: [{'],
    dialect: 'fhir-r4',
    breaks: 'SHR-09',
  },
  {
    pattern: 'publish-subscribe',
    mistake: ['notify.ts', "handshake: 'handshake', heartbeat", "handshake: 'heartbeat', heartbeat"],
    dialect: 'fhir-r4',
    breaks: 'PUB-03',
  },
  {
    pattern: 'information-push',
    mistake: ['take-in.ts', "if (asksFor(header, 'InfAckRequested'))", "if (!asksFor(header, 'InfAckRequested'))"],
    dialect: 'fhir-r4',
    breaks: 'PSH-11',
  },
];

const taken: TakenProject[] = [];

describe.each(CASES)('the project of $pattern', ({ pattern, mistake: [file, from, to], dialect, breaks }) => {
  let project: TakenProject;
  beforeAll(async () => {
    project = await takeAway(join(folder.path, pattern), [pattern], taken);
    taken.push(project);
  }, 180_000);

  it('is type-checked, and plays its lessons', { timeout: 120_000 }, async () => {
    const { code, output } = await project.script(['test', '--', 'scenarios']);
    expect(code, output).toBe(0);
    expect(output).toMatch(/Test Files.*1 passed/);
  });

  it('starts as it stands, answers, and ends when it is told to', async () => {
    const started = await project.start({});
    const { stop, printed } = started;
    const said = [printed];
    const answers = [...printed.matchAll(/^ *[\w-]+: (http\S+\/FHIR\/R4)$/gm)].map(async ([, base = '']) => {
      const reply = await fetch(`${base}/metadata`);
      said.push(await reply.text());
      return reply.status;
    });
    expect(await Promise.all(answers)).toContain(200);
    expect(baseOf(printed, dialect)).toMatch(/^http:\/\/127\.0\.0\.1:/);
    // Where it comes from, its README says.
    expect([...said, ...readdirSync(join(project.folder, 'data'))].join('\n')).not.toMatch(/fingerpost/i);
    expect(await stop()).toBe(0);
  });

  it('is judged by its own checks in every dialect, and passes', { timeout: 120_000 }, async () => {
    const { code, output } = await project.script(['conform', '--', '--format', 'json']);
    expect(code, output).toBe(0);
    const reports: { dialect: string; counts: Record<string, number> }[] = JSON.parse(output);
    expect(new Set(reports.map((one) => one.dialect)).size).toBeGreaterThan(1);
    for (const { counts } of reports) expect(counts).toMatchObject({ fail: 0, error: 0 });
  });

  it('names the requirement that a change breaks', { timeout: 120_000 }, async () => {
    const changed = await project.whileChanged(`patterns/${pattern}/${file}`, from, to, () =>
      project.script(['conform', '--', '--dialect', dialect]),
    );
    expect(changed.code, changed.output).toBe(1);
    expect(changed.output).toMatch(new RegExp(`^FAIL +${breaks} `, 'm'));
  });
});

// That nothing is missing from any other, and nothing of no use there, src/scaffold-projects.test.ts shows without installing it.
describe('a project in one dialect', () => {
  let project: TakenProject;
  beforeAll(async () => {
    project = await takeAway(join(folder.path, 'mesh'), ['information-push', '--dialect', 'mesh'], taken);
  }, 180_000);

  it('is type-checked, and passes the tests of that one', { timeout: 120_000 }, async () => {
    const { code, output } = await project.script(['test', '--', 'mesh', 'checks', 'scenarios']);
    expect(code, output).toBe(0);
    expect(output).toMatch(/Test Files.*4 passed/);
  });

  it('starts, and is judged by its own checks, in that one alone', { timeout: 120_000 }, async () => {
    const { printed, stop } = await project.start({});
    expect(printed.match(/^[\w-]+(?=: http)/gm)).toEqual(['mesh']);
    expect(await stop()).toBe(0);
    const { code, output } = await project.script(['conform', '--', '--format', 'json']);
    expect(code, output).toBe(0);
    const reports: { dialect: string; counts: Record<string, number> }[] = JSON.parse(output);
    expect(reports.map(({ dialect }) => dialect)).toEqual(['mesh', 'mesh', 'mesh']);
  });
});
