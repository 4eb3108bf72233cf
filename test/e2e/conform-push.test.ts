import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, driven, freePort, owner } from './conform-harness.test-data.ts';
import { startPlainRecipient } from './plain-recipient.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'information-push';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

interface Judged {
  readonly requirements: readonly { id: string; verdict: string }[];
}

const { act, control, open: openBox, seat } = owner(() => service.url);

const open = (): Promise<Box> => openBox({ pattern: PATTERN, dialect: 'fhir-r4' });

const targetOf = (box: Box): string => `${service.url}/sandboxes/${box.id}/recipient/FHIR/R4`;

const drive = (target: string, profile: object) => driven({ pattern: PATTERN, dialect: 'fhir-r4', target, profile });

/** Drives our recipient; the sender's seat, to which its acknowledgements go, is the run's listener. */
const run = async () => {
  const port = await freePort();
  const box = await open();
  await seat(box, 'sender', port);
  return { box, ...(await drive(targetOf(box), { timeout: 15_000, listen: { port } })) };
};
const verdictsOf = ({ requirements }: Judged) =>
  Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));

const judgedAs = async (box: Box, participant: string): Promise<Record<string, string>> =>
  verdictsOf(await json<Judged>(await control(box, 'POST', '/conformance', { participant })));

describe('a recipient of information push', () => {
  it('passes when it is our own sandbox', async () => {
    const { failed, report } = await run();
    expect(failed).toEqual([]);
    const verdicts = verdictsOf(report);
    for (const id of ['PSH-03', 'PSH-04', 'PSH-10', 'PSH-11', 'PSH-13'])
      expect([id, verdicts[id]]).toEqual([id, 'pass']);
    const checks = report.requirements.flatMap((one) => (one.id.startsWith('PSH') ? one.checks : []));
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(verdicts['COM-05']).toBe('pass');
    // What only a mailbox shows is not asked of a FHIR endpoint.
    expect(Object.keys(verdicts)).not.toContain('PSH-05');
  });

  it('fails when it says 200 to everything', async () => {
    const careless = await startPlainRecipient();
    const { report } = await drive(careless.url, { timeout: 300 });
    await careless.close();
    expect(verdictsOf(report)).toMatchObject({
      'PSH-04': 'pass',
      'PSH-10': 'fail',
      'PSH-13': 'fail',
      'PSH-11': 'skip',
    });
  });
});

/** Waits for what was set off: the exchange, and what it brings, have settled when the clock has been moved. */
const settle = (box: Box, by = 'PT1S') => control(box, 'POST', '/clock', { advance: by });

describe('those who have a seat in information push', () => {
  const bringAll = async (box: Box): Promise<void> => {
    await act(box, 'sender', 'send-notification', { patient: '9000000009', acknowledge: true });
    await settle(box);
    await act(box, 'broker', 'bring-again');
    await act(box, 'sender', 'send-notification', { patient: '9000000009' });
    await act(box, 'broker', 'bring-invalid', { patient: '9000000009' });
    await act(box, 'broker', 'bring-unknown-workflow', { patient: '9000000009' });
    await settle(box);
  };

  it('a recipient that is sound passes, and one that says 200 to everything does not', async () => {
    const box = await open();
    const sound = await startPlainRecipient({ url: `${service.url}/sandboxes/${box.id}/broker/FHIR/R4` });
    await control(box, 'PUT', '/participants/recipient', { mode: 'external', url: sound.url });
    await bringAll(box);
    await sound.acknowledged();
    await sound.close();
    const [all, none] = [
      { 'PSH-03': 'pass', 'PSH-04': 'pass', 'PSH-10': 'pass', 'PSH-11': 'pass', 'PSH-13': 'pass' },
      { 'PSH-03': 'pass', 'PSH-04': 'pass', 'PSH-10': 'fail', 'PSH-11': 'fail', 'PSH-13': 'fail' },
    ];
    expect(await judgedAs(box, 'recipient')).toMatchObject(all);

    const other = await open();
    const careless = await startPlainRecipient();
    await control(other, 'PUT', '/participants/recipient', { mode: 'external', url: careless.url });
    await bringAll(other);
    await careless.close();
    expect(await judgedAs(other, 'recipient')).toMatchObject(none);
  });

  it('a sender is judged by what it sent, and by how it took reports', async () => {
    const box = await open();
    const document = { patient: '9000000009', event: 'document-notification' };
    const { result } = await json<{ result: { message: string } }>(
      await act(box, 'sender', 'send-notification', document),
    );
    await act(box, 'sender', 'send-correction', { patient: '9000000009', message: result.message });
    await settle(box);
    await control(box, 'PUT', '/participants/recipient', { mode: 'stopped' });
    await act(box, 'sender', 'send-notification', { patient: '9000000009' });
    await settle(box, 'P5D');
    expect(await judgedAs(box, 'sender')).toMatchObject({ 'PSH-01': 'pass', 'PSH-06': 'pass', 'PSH-12': 'pass' });

    await act(box, 'sender', 'send-correction', { patient: '9000000009', message: 'what-was-never-sent' });
    await act(box, 'sender', 'ask-for-business-acknowledgement', { patient: '9000000009' });
    await settle(box);
    expect(await judgedAs(box, 'sender')).toMatchObject({ 'PSH-01': 'pass', 'PSH-12': 'fail' });
  });
});
