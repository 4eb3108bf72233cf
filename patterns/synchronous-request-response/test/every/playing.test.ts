import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsExpected } from '../../../../sandbox/lesson-harness.test-data.ts';
import { findParticipant, loadSandbox } from '../../../../sandbox/participants.ts';
import { ProblemError } from '../../../../sandbox/problem.ts';
import { listScenarios, playScenario } from '../../../../sandbox/scenarios.ts';
import { playgrounds, scenario, scenarios } from '../lessons.test-data.ts';
import { call, type Served, serve } from '../served.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const open = playgrounds(() => served);

describe('playing step by step', () => {
  it('plays one step, names its exchanges, and goes on where it was, in a player that knows nothing of before', async () => {
    const { deps, sandbox } = await open('fhir-r4');
    const lesson = scenario('lost-update');
    for (let step = 1; step <= lesson.steps.length; step += 1) {
      const run = await playScenario({ ...deps }, sandbox, lesson, step);
      expect(notAsExpected(run)).toEqual([]);
      expect(run).toMatchObject({ played: step, finished: step === lesson.steps.length, steps: [{ step }] });
      const [id = ''] = run.steps[0]?.exchanges ?? [];
      expect(await deps.journal.get(sandbox, id)).toMatchObject({ from: 'requester', to: 'provider' });
    }
    const listed = await listScenarios(deps, sandbox, scenarios);
    expect(listed.find(({ id }) => id === 'lost-update')?.played).toBe(lesson.steps.length);
    expect(listed.find(({ id }) => id === 'read-and-search')?.played).toBe(0);
    expect(listed.map(({ id }) => id)).not.toContain('surprising-records');
  });

  it('refuses to leave a step out', async () => {
    const { deps, sandbox } = await open('fhir-r4');
    const refused = await playScenario(deps, sandbox, scenario('lost-update'), 3).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({
      problem: { status: 409 },
      message: expect.stringContaining('Step 1 comes before step 3'),
    });
  });

  it('says what is not as expected, and stops there', async () => {
    const { deps, sandbox } = await open('fhir-r4');
    await playScenario(deps, sandbox, scenario('read-and-search'), 1);
    await deps.setFaults([{ participant: 'provider', effect: { kind: 'status', status: 500 } }]);
    const run = await playScenario(deps, sandbox, scenario('read-and-search'));
    expect(run.steps).toMatchObject([
      { step: 2, outcome: 'not-as-expected', detail: expect.stringContaining('the status is 500 and not 200') },
    ]);
    expect(run.played).toBe(2);
  });

  it('is not in the way of itself or of another lesson, where it is left before its end', async () => {
    const { deps, sandbox } = await open('fhir-r4');
    const [away, read] = [scenario('provider-unavailable'), scenario('read-and-search')];
    await playScenario(deps, sandbox, away, 1);
    // Its fault would strike here.
    expect(notAsExpected(await playScenario(deps, sandbox, read))).toEqual([]);
    for (const step of [1, 2, 3]) await playScenario(deps, sandbox, away, step);
    // The request that still waits would be taken for the new one.
    await playScenario(deps, sandbox, away, 1);
    const again = await playScenario(deps, sandbox, away);
    expect(notAsExpected(again)).toEqual([]);
    expect(again.finished).toBe(true);
  });

  it('refuses when it is the turn of somebody who is stopped', async () => {
    const { deps, sandbox } = await open('fhir-r4', { requester: 'stopped' });
    await expect(playScenario(deps, sandbox, scenario('read-and-search'))).rejects.toThrow('requester is stopped');
  });
});

describe('when it is your turn', () => {
  const headers = () => ({ 'x-request-id': randomUUID() });

  it('waits for your system, sees what it sent, and says what was not yet right', async () => {
    const { deps, sandbox, base } = await open('pds', { requester: 'external' });
    const lesson = scenario('read-and-search');
    const listed = (await listScenarios(deps, sandbox, [lesson]))[0];
    expect(listed?.steps.every(({ yours }) => yours === true)).toBe(true);
    expect(await playScenario(deps, sandbox, lesson)).toEqual({
      played: 0,
      finished: false,
      waitingFor: 'requester',
      steps: [],
    });

    await call(`${base}/provider/FHIR/R4/Patient/9000000017`, { headers: headers() });
    const wrong = await playScenario(deps, sandbox, lesson);
    expect(wrong).toMatchObject({
      played: 0,
      waitingFor: 'requester',
      steps: [{ step: 1, outcome: 'not-as-expected' }],
    });
    expect(wrong.steps[0]?.detail).toContain('id is "9000000017" and not "9000000009"');

    await call(`${base}/provider/FHIR/R4/Patient/9000000009`, { headers: headers() });
    const right = await playScenario(deps, sandbox, lesson);
    expect(right).toMatchObject({
      played: 1,
      waitingFor: 'requester',
      steps: [{ step: 1, outcome: 'as-expected', exchanges: [expect.any(String)] }],
    });
  });

  it('does not take what you sent for an earlier step', async () => {
    const { deps, sandbox, base } = await open('fhir-r4', { requester: 'external' });
    await call(`${base}/provider/FHIR/R4/Patient/9000000009`);
    expect(await playScenario(deps, sandbox, scenario('read-and-search'))).toMatchObject({ played: 0, steps: [] });
  });

  it('does not take what somebody else sent', async () => {
    const { deps, sandbox, base } = await open('fhir-r4', { requester: 'external' });
    await playScenario(deps, sandbox, scenario('read-and-search'));
    const loaded = await loadSandbox(served.host.sql, sandbox.id);
    const provider = loaded && findParticipant(loaded, 'provider');
    const authorization = `Bearer ${provider?.credential}`;
    expect((await call(`${base}/provider/FHIR/R4/Patient/9000000009`, { headers: { authorization } })).status).toBe(
      200,
    );
    expect(await playScenario(deps, sandbox, scenario('read-and-search'))).toMatchObject({ played: 0, steps: [] });
  });
});
