import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampOf, writeToken } from '../../sandbox/dialects/mesh-token.ts';
import { type Box, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

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
interface Sent {
  readonly message_id: string;
}

const { act, control, open: openBox } = owner(() => service.url);
const advance = (box: Box, by: string) => control(box, 'POST', '/clock', { advance: by });

/** A sandbox in which one seat is a system outside, which knows no more than what it was shown. */
const open = (seat: 'sender' | 'recipient'): Promise<Box> =>
  openBox({ pattern: 'information-push', dialect: 'mesh', participants: { [seat]: { mode: 'external' } } });

/** What the handshake has to say of the client. */
const CLIENT = { 'mex-clientversion': 'Test==1', 'mex-osname': 'Linux', 'mex-osversion': '1' };

const OWN = { sender: ['X26ABC1', 'Sender'], recipient: ['X26ABC2', 'Recipient'] } as const;

/** A client as a supplier writes one: a token for each request, by the password that the endpoint was shown with. */
const clientOf = (box: Box, seat: 'sender' | 'recipient', reuse?: string) => {
  const [mailbox, title] = OWN[seat];
  const endpoint = box.endpoints.find((one) => one.participant === 'broker' && one.note?.includes(`the ${title}`));
  const token = (): string =>
    writeToken(
      { mailbox, nonce: reuse ?? randomUUID(), count: '1', timestamp: timestampOf(Date.now()) },
      endpoint?.credential ?? '',
    );
  return (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${endpoint?.url}/messageexchange/${mailbox}${path}`, {
      method,
      headers: { authorization: token(), accept: 'application/vnd.mesh.v2+json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
};

const verdicts = async (box: Box, participant: string) => {
  const report = await json<Judged>(await control(box, 'POST', '/conformance', { participant }));
  return Object.fromEntries(report.requirements.map(({ id, verdict }) => [id, verdict]));
};

describe('a recipient at its mailbox', () => {
  /** Collects all that waits; `hasty` acknowledges what it has not downloaded. */
  const collect = async (ask: ReturnType<typeof clientOf>, hasty = false): Promise<void> => {
    const { messages } = await json<{ messages: string[] }>(await ask('GET', '/inbox'));
    for (const id of messages) {
      if (hasty) await ask('PUT', `/inbox/${id}/status/acknowledged`);
      for (let chunk = 1, more = !hasty; more; chunk += 1) {
        const reply = await ask('GET', `/inbox/${id}${chunk === 1 ? '' : `/${chunk}`}`);
        await reply.arrayBuffer();
        more = reply.status === 206;
      }
      if (!hasty) await ask('PUT', `/inbox/${id}/status/acknowledged`);
    }
  };

  it('passes where it downloads, acknowledges after that, and polls often enough', async () => {
    const box = await open('recipient');
    const ask = clientOf(box, 'recipient');
    await act(box, 'sender', 'send-mail', { patient: '9000000009', chunks: 3 });
    await collect(ask);
    await advance(box, 'PT5M');
    await collect(ask);
    expect(await verdicts(box, 'recipient')).toMatchObject({
      'PSH-03': 'pass',
      'PSH-05': 'pass',
      'PSH-08': 'pass',
      'PSH-09': 'pass',
    });
  });

  it('fails the right requirements where it is hasty, rare, and owes an acknowledgement', async () => {
    const box = await open('recipient');
    const ask = clientOf(box, 'recipient');
    await act(box, 'sender', 'send-mail', { patient: '9000000009' });
    await collect(ask, true);
    await advance(box, 'P3D');
    await act(box, 'sender', 'send-mail', { patient: '9000000009', acknowledge: true });
    await collect(ask);
    expect(await verdicts(box, 'recipient')).toMatchObject({ 'PSH-03': 'fail', 'PSH-05': 'fail', 'PSH-11': 'fail' });
  });
});

describe('a sender at its mailbox', () => {
  const letter = { 'content-type': 'text/plain', 'mex-workflowid': 'TEST_WORKFLOW' };

  it('passes where it sends to a known mailbox and collects the reports', async () => {
    const box = await open('sender');
    await control(box, 'PUT', '/participants/recipient', { mode: 'stopped' });
    const ask = clientOf(box, 'sender');
    expect((await ask('POST', '', CLIENT)).status).toBe(200);
    const first = await json<Sent>(await ask('POST', '/outbox', { ...letter, 'mex-to': 'X26ABC2' }, 'one'));
    await ask('POST', '/outbox', { ...letter, 'mex-to': 'GPPROVIDER_9000000017_01011900_Nobody' }, 'two');
    const collect = async (): Promise<(string | null)[]> => {
      const { messages } = await json<{ messages: string[] }>(await ask('GET', '/inbox'));
      const linked: (string | null)[] = [];
      for (const id of messages) {
        linked.push((await ask('GET', `/inbox/${id}`)).headers.get('mex-linkedmsgid'));
        await ask('PUT', `/inbox/${id}/status/acknowledged`);
      }
      return linked;
    };
    expect(await collect()).toHaveLength(1);
    await advance(box, 'P5D');
    // The sandbox lives on, and so do tokens: both are on real time.
    expect(await collect()).toEqual([first.message_id]);
    const passed = ['PSH-01', 'PSH-02', 'PSH-06', 'PSH-07', 'PSH-09'].map((id) => [id, 'pass']);
    expect(await verdicts(box, 'sender')).toMatchObject(Object.fromEntries(passed));
  });

  it('fails the right requirements where it uses a token twice, or names nobody', async () => {
    const box = await open('sender');
    const ask = clientOf(box, 'sender', 'always-the-same');
    expect((await ask('GET', '', CLIENT)).status).toBe(200);
    expect((await ask('GET', '', CLIENT)).status).toBe(403);
    await clientOf(box, 'sender')('POST', '/outbox', letter, 'to whom?');
    expect(await verdicts(box, 'sender')).toMatchObject({ 'PSH-01': 'fail', 'PSH-09': 'fail' });
  });

  it('that is simulated corrects by a new message, and passes', async () => {
    const box = await open('recipient');
    const { result } = await json<{ result: { message: string } }>(
      await act(box, 'sender', 'send-mail', { patient: '9000000009', event: 'document-notification' }),
    );
    await act(box, 'sender', 'send-mail', { patient: '9000000009', replaces: result.message });
    expect(await verdicts(box, 'sender')).toMatchObject({ 'PSH-01': 'pass', 'PSH-02': 'pass', 'PSH-12': 'pass' });
  });
});
