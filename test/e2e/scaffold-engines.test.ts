import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { temporaryFolder } from './running-service.ts';
import { baseOf, type TakenProject, takeAway } from './taken-project.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

// Runs in the passes over engines alone: PostgreSQL beside RabbitMQ, and beside Redis.
const onRabbitmq = inject('broker')?.managementUrl !== undefined;
const [broker, pattern] = onRabbitmq ? ['amqp', 'asynchronous-request-response'] : ['redis', 'publish-subscribe'];

describe(`a project on PostgreSQL and ${broker}`, () => {
  let project: TakenProject;
  let engines: Readonly<Record<string, string>>;
  beforeAll(async () => {
    project = await takeAway(folder.path, [pattern, '--store', 'postgres', '--broker', broker]);
    engines = await testEnvironment(folder.path);
  }, 180_000);

  it('is type-checked, and passes its tests of checks on the embedded engines', { timeout: 120_000 }, async () => {
    const { code, output } = await project.script(['test', '--', 'checks']);
    expect(code, output).toBe(0);
  });

  it('starts on its engines, and is there as it was when it is started again', { timeout: 60_000 }, async () => {
    const first = await project.start(engines);
    const patient = await fetch(`${baseOf(first.printed, 'fhir-r4')}/metadata`);
    expect(patient.status).toBe(200);
    expect(await first.stop()).toBe(0);
    const again = await project.start(engines);
    expect(again.printed.replaceAll(/:\d+/g, '')).toBe(first.printed.replaceAll(/:\d+/g, ''));
    expect(await again.stop()).toBe(0);
  });

  it('passes its own checks there, in every dialect, also the second time', { timeout: 180_000 }, async () => {
    for (const args of [[], ['--', '--dialect', 'fhir-r4']]) {
      const { code, output } = await project.script(['conform', ...args], engines);
      expect(code, output).toBe(0);
    }
  });
});
