import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, driven, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'registry-repository';
const PERSON = '9000000025';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { act, control, open } = owner(() => service.url);

const run = async (dialect: string, spoil?: (box: Box) => Promise<unknown>) => {
  const box = await open({ pattern: PATTERN, dialect });
  await spoil?.(box);
  const target = `${service.url}/sandboxes/${box.id}/registry/${dialect === 'nrl' ? 'record-locator' : 'FHIR/R4'}`;
  const profile = { ids: { patient: PERSON, otherCustodian: 'X99101' } };
  const { report, verdictOf } = await driven({ pattern: PATTERN, dialect, target, profile });
  const failed = report.requirements
    .flatMap(({ checks }) => checks)
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  return { box, report, verdictOf, failed };
};

describe.each(['fhir-r4', 'nrl'])('a registry and its repositories in %s', (dialect) => {
  it('pass when they are our own sandbox, and nothing of the run is left behind', async () => {
    const { failed, verdictOf, box } = await run(dialect);
    expect(failed).toEqual([]);
    for (const id of ['REG-01', 'REG-02', 'REG-05', 'REG-06', 'REG-07', 'REG-08', 'REG-10', 'REG-12', 'REG-14'])
      expect([id, verdictOf(id)]).toEqual([id, 'pass']);
    const found = await act(box, 'requester', 'find-pointers', { person: PERSON });
    expect(JSON.stringify(await found.json())).not.toContain('conformance.integration.example');
  });

  it('fail REG-12 when a restricted document is given to anybody', async () => {
    const { failed } = await run(dialect, (box) =>
      act(box, 'repository', 'allow-access', {
        document: 'Binary/end-of-life-plan',
        caller: 'unknown',
      }),
    );
    expect(failed.map(({ check }) => check)).toEqual(['reg-12-access']);
  });

  it('are judged in the seats of those who call, by what the journal has of them', async () => {
    const box = await open({ pattern: PATTERN, dialect });
    const act = (who: string, name: string, input: object) =>
      control(box, 'POST', `/participants/${who}/acts/${name}`, input).then((reply) =>
        json<{ result: { document: string } }>(reply),
      );
    const { result } = await act('repository', 'publish-document', { person: '9000000033' });
    await act('repository', 'remove-document', { document: result.document });
    await act('requester', 'find-and-retrieve', { person: '9000000033' });
    await act('requester', 'find-and-retrieve', { person: PERSON });
    await control(box, 'POST', '/clock', { advance: 'PT1H' });
    const judge = async (participant: string) => {
      const reply = await control(box, 'POST', '/conformance', { participant });
      const { requirements } = await json<{ requirements: { id: string; verdict: string }[] }>(reply);
      return (id: string) => requirements.find((one) => one.id === id)?.verdict;
    };
    const producer = await judge('repository');
    for (const id of ['REG-03', 'REG-04', 'REG-13']) expect([id, producer(id)]).toEqual([id, 'pass']);
    const consumer = await judge('requester');
    for (const id of ['REG-09', 'REG-11', 'COM-10']) expect([id, consumer(id)]).toEqual([id, 'pass']);
  });
});
