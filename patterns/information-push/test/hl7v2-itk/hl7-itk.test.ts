import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Hl7Message, parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import { type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

let played: Played;
let client: MllpClient;
beforeAll(async () => {
  played = await play(await loadThisPattern());
  await played.open('itk', { dialect: 'hl7v2-itk', seed: 1, people: 0 });
  const { port } = new URL(String(await played.mllpUrl('itk', 'recipient')));
  client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
});
afterAll(async () => {
  client.close();
  await played.close();
});

const admission = (id: string, change: readonly [string, string] = ['', '']): string =>
  [
    `MSH|^~\\&|PAS|RCB|ROUTE|ROUTE|20260101101418||ADT^A01^ADT_A01|${id}|P|2.4|||||GBR|UNICODE|||iTKv1.0`,
    'EVN||20260101101400',
    'PID|1||9000000009^^^NHS~L1^^^RCB||SMITH^JO|||2',
    'PV1|1|I|||||||||||||||||V1',
    '',
  ]
    .join('\r')
    .replace(...change);
const ask = async (text: string): Promise<Hl7Message> =>
  parseMessage(await client.send(Buffer.from(text), AbortSignal.timeout(20_000)));
const outcome = (reply: Hl7Message): string =>
  `${reply.text('MSA-1')} ${reply.text('ERR-1.1')}${reply.text('ERR-1.3')}`;

it('takes what ITK has, tolerates what only looks like it, and refuses that where it is asked to be strict', async () => {
  expect(outcome(await ask(admission('I1')))).toBe('AA ');
  expect(outcome(await ask(admission('I2', ['|||2\r', '|||F\r'])))).toBe('AA ');
  expect(outcome(await ask(admission('I3', ['|||2\r', '|||F\r']).replace('iTKv1.0', 'iTKv1.0~STRICT')))).toBe(
    'AE PID8',
  );
  const { host } = played;
  await host.journal.flush();
  const notes = await host.sql.query<{ note: string | null }>(
    "select note from exchange where kind = 'mllp' order by seq",
  );
  expect(notes.map(({ note }) => note)).toEqual([
    null,
    expect.stringMatching(/^Tolerated: PID-8 is an NHS code/),
    null,
  ]);
});

it('has no enhanced mode', async () => {
  expect((await ask(admission('I4', ['|2.4|||', '|2.4|||AL']))).text('MSA-1')).toBe('CE');
});

it('misbehaves as a sentinel in the message tells it to', async () => {
  expect(outcome(await ask(admission('I5', ['L1^^^RCB', 'FAULT-AR^^^RCB'])))).toMatch(/^AR/);
  expect((await ask(admission('I6', ['L1^^^RCB', 'FAULT-WRONG-ID^^^RCB']))).text('MSA-2')).toBe('I6X');
  expect((await ask(admission('I7', ['L1^^^RCB', 'FAULT-ARM^^^RCB']))).text('MSA-1')).toBe('AA');
});
