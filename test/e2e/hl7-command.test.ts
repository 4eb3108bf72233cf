import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage } from '../../sandbox/hl7v2/message.ts';
import { frameOf } from '../../sandbox/hl7v2/mllp-frames.ts';
import { listenMllp, type MllpServer } from '../../sandbox/hl7v2/mllp-server.ts';
import { ADT_A01, ADT_A31, ORU_R01 } from '../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { fingerpost } from './running-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-hl7-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hl7 = (...args: readonly string[]) => fingerpost(['hl7', ...args]);

describe('fingerpost hl7', () => {
  it('parse prints every value by its path, also of what was captured with its frame', async () => {
    const path = file('a01.mllp', frameOf(Buffer.from(ADT_A01)));
    const { stdout, code } = await hl7('parse', path);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PID-5\[1\]\.1 +TESTPATIENT$/m);
    expect(stdout).toMatch(/^PID-3\[2\]\.4 +RXX01$/m);
    const json = JSON.parse((await hl7('parse', '--format', 'json', file('a31.hl7', ADT_A31))).stdout);
    expect(json).toMatchObject({ 'PID-7': '195001', 'PID-11': null });
  });

  it('parse reads a file of several messages, and says where it counts others', async () => {
    const batch = `BHS|^~\\&\r${ADT_A01}${ORU_R01}BTS|3\r`;
    const { stdout, stderr } = await hl7('parse', '--format', 'json', file('two.hl7', batch));
    expect(JSON.parse(stdout)).toMatchObject([{ 'MSH-10': 'A1' }, { 'MSH-10': 'R1' }]);
    expect(stderr).toBe('warning: BTS-1 counts 3, and there are 2 messages\n');
  });

  it('parse says where a message is wrong', async () => {
    const { stderr, code } = await hl7('parse', file('bad.hl7', `${ADT_A01}this is no segment\r`));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*Line \d+ begins with "this"/);
  });

  it('to-fhir and from-fhir turn a message into a Bundle and back', async () => {
    const bundle = await hl7('to-fhir', file('a01.hl7', ADT_A01));
    const lineage = await hl7('to-fhir', '--format', 'lineage', file('a01.hl7', ADT_A01));
    expect(lineage.stdout).toMatch(/^PID-7 +Patient\.birthDate$/m);
    expect(lineage.stdout).toMatch(/^PID-1 +1 {2}the number of the segment$/m);
    const back = await hl7('from-fhir', file('a01.json', bundle.stdout));
    expect(back.stdout.split('\r')[2]).toBe(ADT_A01.split('\r')[2]);
    expect(back.stderr).toContain('AllergyIntolerance.onsetDateTime');
  });

  it.each([
    ['from-fhir', 'no.json', '{"hello":1}', /no FHIR resource/],
    ['from-fhir', 'no.json', 'MSH', /no JSON/],
    ['to-fhir', 'no.hl7', 'PID|1', /no HL7 v2 message/],
  ])('%s refuses %s with %s', async (command, name, content, why) => {
    const { stderr, code } = await hl7(command, file(name, content));
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  });

  it('asked wrongly ends with 2', async () => {
    expect((await hl7('send', file('a01.hl7', ADT_A01))).code).toBe(2);
    expect((await hl7('listen', '--port', 'many')).code).toBe(2);
  });
});

describe('fingerpost hl7 send', () => {
  let server: MllpServer;
  let answer = 'AA';
  beforeAll(async () => {
    server = await listenMllp({
      host: '127.0.0.1',
      ports: [0],
      handle: async ({ content }) => {
        const id = parseMessage(content).text('MSH-10');
        return { wire: frameOf(Buffer.from(`MSH|^~\\&|||||||ACK|9|P|2.4\rMSA|${answer}|${id}|because\r`)) };
      },
    });
  });
  afterAll(() => server.close());

  const send = () => hl7('send', '--to', `mllp://127.0.0.1:${server.ports[0]}`, file('a01.hl7', ADT_A01 + ORU_R01));

  it('prints each acknowledgement, and fails where one is none', async () => {
    answer = 'AA';
    expect(await send()).toMatchObject({ code: 0, stdout: 'A1 AA because\nR1 AA because\n' });
    answer = 'AE';
    expect(await send()).toMatchObject({ code: 1, stdout: 'A1 AE because\nR1 AE because\n' });
  });

  it('says that nobody listens', async () => {
    const { stderr, code } = await hl7('send', '--to', '127.0.0.1:1', file('a01.hl7', ADT_A01));
    expect([code, stderr]).toEqual([1, 'error: 127.0.0.1:1 refused the connection\n']);
  });
});
