import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, driven, freePort, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'asynchronous-request-response';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { act, control, open, seat } = owner(() => service.url);

/** A sandbox whose clinician completes every referral at once, and whose requester is the run's listener. */
const ready = async (dialect: string, port: number): Promise<Box> => {
  const box = await open({ pattern: PATTERN, dialect });
  await act(box, 'provider', 'set-clinician', { decision: 'reject', after: 'PT1S' });
  await seat(box, 'requester', port);
  return box;
};

const run = async (dialect: string) => {
  const port = await freePort();
  const box = await ready(dialect, port);
  const headers = dialect === 'bars' ? { 'NHSD-Target-Identifier': 'e30=' } : {};
  const target = `${service.url}/sandboxes/${box.id}/provider/FHIR/R4`;
  const profile = { timeout: 15_000, headers, listen: { port } };
  return driven({ pattern: PATTERN, dialect, target, profile });
};

describe('a provider of asynchronous request/response', () => {
  it.each(['fhir-r4', 'bars'])('passes when it is our own sandbox, in %s', async (dialect) => {
    const { failed, verdictOf, report } = await run(dialect);
    expect(report.requirements.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(failed).toEqual([]);
    for (const id of ['RRA-01', 'RRA-04', 'RRA-05', 'RRA-07', 'RRA-12', 'RRA-13', 'RRA-14'])
      expect([id, verdictOf(id)]).toEqual([id, 'pass']);
    if (dialect === 'fhir-r4') expect(verdictOf('RRA-02')).toBe('pass');
  });

  it('is judged by what it did at its mailbox where MESH is spoken, and so is its requester', async () => {
    const box = await open({ pattern: PATTERN, dialect: 'mesh' });
    expect(new Set(box.endpoints.map((one) => `${one.participant} ${one.protocol}`))).toEqual(
      new Set(['exchange http']),
    );
    await act(box, 'requester', 'send-referral', { patient: '9000000009' });
    await act(box, 'provider', 'collect-mail');
    await act(box, 'provider', 'reject');
    await control(box, 'POST', '/clock', { advance: 'PT6M' });
    await act(box, 'requester', 'collect-mail');
    const verdicts = async (participant: string) => {
      const reply = await control(box, 'POST', '/conformance', { participant });
      const { requirements } = await json<{ requirements: { id: string; verdict: string }[] }>(reply);
      return Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));
    };
    expect(await verdicts('provider')).toMatchObject({ 'RRA-01': 'pass', 'RRA-04': 'pass', 'RRA-05': 'pass' });
    expect(await verdicts('requester')).toMatchObject({ 'RRA-06': 'pass', 'RRA-08': 'skip', 'RRA-10': 'skip' });
  });
});
