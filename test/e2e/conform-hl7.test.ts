import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HL7_KINDS } from '../../sandbox/conformance/hl7-kinds.ts';
import { runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { type Box, owner } from './conform-harness.test-data.ts';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path, { MLLP_PORTS: '0,0,0,0,0,0,0,0,0,0,0,0,0,0' });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { control, open } = owner(() => service.url);
const sandbox = (dialect: string, more: object = {}): Promise<Box> =>
  open({ pattern: 'information-push', dialect, ...more });
const addressOf = (box: Box, protocol: string): string =>
  box.endpoints.find((one) => one.participant === 'recipient' && one.protocol === protocol)?.url ?? '';

const conform = async (box: Box, dialect: string): Promise<{ code: number | null; report: Report }> => {
  const profile = join(folder.path, `${box.id}.json`);
  await writeFile(profile, JSON.stringify({ consentToWrite: true, hl7v2: { fhir: addressOf(box, 'fhir-r4') } }));
  const target = ['--target', addressOf(box, 'mllp'), '--profile', profile, '--dialect', dialect, '--format', 'json'];
  const { code, stdout } = await fingerpost(['conform', '--pattern', 'information-push', ...target]);
  return { code, report: JSON.parse(stdout) };
};
const failedIn = ({ requirements }: Report): readonly string[] =>
  requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

describe('fingerpost conform over MLLP', () => {
  it.each(['fhir-r4', 'hl7v2-itk'])(
    'passes the recipient of our own sandbox in %s, also by what it keeps',
    async (dialect) => {
      const { code, report } = await conform(await sandbox(dialect), dialect);
      expect([code, failedIn(report)]).toEqual([0, []]);
      const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
      for (const id of ['V2-01', 'V2-06', 'V2-10', 'V2-12', 'V2-13', 'V2-14'])
        expect([id, verdictOf(id)]).toEqual([id, 'pass']);
      expect(verdictOf('V2-07')).toBe(dialect === 'fhir-r4' ? 'pass' : 'omit');
    },
  );

  it.each([
    ['publish-subscribe', 'broker', {}, 'pass'],
    ['asynchronous-request-response', 'provider', { type: 'REF' }, 'pass'],
    ['synchronous-request-response', 'provider', { originalModeOnly: true }, 'skip'],
  ])('passes who receives HL7 v2 in %s', async (pattern, participant, hl7v2, enhanced) => {
    const box = await open({ pattern, dialect: 'fhir-r4' });
    const at = (protocol: string) =>
      box.endpoints.find((one) => one.participant === participant && one.protocol === protocol)?.url ?? '';
    const profile = join(folder.path, `${box.id}.json`);
    const known = { consentToWrite: true, hl7v2: { fhir: at('fhir-r4'), ...hl7v2 } };
    await writeFile(profile, JSON.stringify(known));
    const asked = ['conform', '--pattern', pattern, '--dialect', 'fhir-r4', '--target', at('mllp')];
    const { code, stdout } = await fingerpost([...asked, '--profile', profile, '--format', 'json']);
    const report: Report = JSON.parse(stdout);
    expect([code, failedIn(report)]).toEqual([0, []]);
    expect(report.requirements.find(({ id }) => id === 'V2-07')).toMatchObject({ verdict: enhanced });
  });

  it('judges a receiver by the kind of message that its profile says it receives', async () => {
    const target = addressOf(await sandbox('fhir-r4'), 'mllp');
    for (const [type, { trigger }] of Object.entries(HL7_KINDS)) {
      const profile = checkProfile({ consentToWrite: true, hl7v2: { type } });
      const asked = { pattern: 'information-push', dialect: 'fhir-r4', target, profile, tool: 'fingerpost 0' };
      const report = await runHl7Conformance(asked);
      expect([type, report.exitCode, failedIn(report)]).toEqual([type, 0, []]);
      const accepted = report.exchanges.find(({ step }) => step === 'hl7-accepted');
      expect(accepted?.request.method).toBe(`${type}^${trigger}`);
    }
  });

  it('names the requirement when a fault makes it answer another message', async () => {
    const box = await sandbox('fhir-r4');
    const effect = { kind: 'mllp', as: 'wrong-id' };
    await control(box, 'PUT', '/faults', { items: [{ participant: 'recipient', effect }] });
    const { code, report } = await conform(box, 'fhir-r4');
    expect(code).toBe(1);
    expect(failedIn(report)).toContain('V2-02');
  });

  it('is run by the service, too, where its policy lets the address be called', async () => {
    const box = await sandbox('hl7v2-itk');
    const started = await fetch(`${service.url}/api/conformance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        pattern: 'information-push',
        dialect: 'hl7v2-itk',
        target: addressOf(box, 'mllp'),
        profile: { consentToWrite: true },
      }),
    });
    expect(started.status).toBe(202);
    const location = `${service.url}${started.headers.get('location')}`;
    const finished = async (): Promise<{ report?: Report }> => {
      const job = await json<{ state: string; report?: Report }>(await fetch(location));
      return job.state === 'running' ? finished() : job;
    };
    expect((await finished()).report).toMatchObject({ exitCode: 0, dialect: 'hl7v2-itk' });
  });
});

describe('a sender over MLLP, judged by what it did in a sandbox', () => {
  const judge = async (box: Box): Promise<Readonly<Record<string, string>>> => {
    const report = await json<Report>(await control(box, 'POST', '/conformance', { participant: 'sender' }));
    return Object.fromEntries(
      report.requirements.filter(({ id }) => id.startsWith('V2')).map(({ id, verdict }) => [id, verdict]),
    );
  };

  it('is not asked for the rules of HL7 v2 where it spoke FHIR only', async () => {
    const box = await sandbox('fhir-r4', { participants: { sender: { mode: 'external' } } });
    expect(await judge(box)).toEqual({});
  });
});
