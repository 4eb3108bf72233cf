import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hl7Checks } from './hl7-checks.ts';
import { type Habits, openReceiver } from './hl7-receiver.test-data.ts';
import { runHl7Conformance } from './hl7-run.ts';
import { checkProfile } from './profile.ts';
import { UnreachableError, UsageError } from './run-errors.ts';
import { table } from './table.ts';

const run = (target: string, profile: object = {}, dialect = 'fhir-r4') =>
  runHl7Conformance({
    pattern: 'information-push',
    dialect,
    target,
    profile: checkProfile({ consentToWrite: true, timeout: 300, ...profile }),
    tool: 'fingerpost 0',
  });

const judged = async (habits: Habits = {}, profile: object = {}, dialect?: string) => {
  const receiver = await openReceiver(habits);
  try {
    const report = await run(receiver.url, profile, dialect);
    const checks = report.requirements.flatMap((one) => one.checks);
    const of = (verdict: string) => checks.filter((check) => check.verdict === verdict).map(({ check }) => check);
    return {
      report,
      failed: of('fail'),
      passed: of('pass'),
      skipped: of('skip'),
      messages: checks.map((one) => one.message),
    };
  } finally {
    await receiver.close();
  }
};

const inLatin = (change: (text: string) => string): Pick<Habits, 'write'> => ({
  write: (reply) => Buffer.from(change(reply.toBytes().toString('latin1')), 'latin1'),
});

/** One mistake each, as receivers in the field make them, and the checks that have to name it. */
const MISTAKES: readonly (readonly [what: string, habits: Habits, failed: readonly string[], said: string])[] = [
  ['swallows the second of two frames', { swallowsSecond: true }, ['v2-01-frames'], 'no answer within 300 ms'],
  ['writes line feeds', inLatin((text) => text.replaceAll('\r', '\r\n')), ['v2-01-segments'], 'line feeds'],
  [
    'does not end its last segment',
    inLatin((text) => text.slice(0, -1)),
    ['v2-01-segments'],
    'the last segment is not ended',
  ],
  [
    'has one control id for everything',
    { spoil: (reply) => void reply.set('MSH-10', '9B38584D') },
    ['v2-02-own-id'],
    'MSH-10 is 9B38584D, as of the acknowledgement of hl7-unsupported-type',
  ],
  [
    'sends the control id back as its own',
    { spoil: (reply, sent) => void reply.set('MSH-10', sent.text('MSH-10')) },
    ['v2-02-own-id'],
    'MSH-10 is that of the message it answers',
  ],
  [
    'leaves sender and receiver as they were',
    { spoil: (reply, sent) => void reply.set('MSH-3', sent.text('MSH-3')) },
    ['v2-04-parties'],
    'MSH-3 is "CONFORMANCE", MSH-5 was "TARGET"',
  ],
  [
    'calls itself ACK only',
    { spoil: (reply) => void reply.set('MSH-9.2', undefined) },
    ['v2-05-type'],
    'without the trigger Z99',
  ],
  [
    'says another version',
    { spoil: (reply) => void reply.set('MSH-12', '2.3') },
    ['v2-05-type'],
    'MSH-12 is "2.3", and was "2.4"',
  ],
  [
    'refuses what is good',
    { code: (_sent, code) => (code === 'AA' ? 'AE' : code) },
    ['v2-06-accepted'],
    'AE instead of AA',
  ],
  [
    'says AR to content',
    { code: (_sent, code) => (code === 'AE' ? 'AR' : code) },
    ['v2-06-content'],
    'AR instead of AE',
  ],
  [
    'says AE to what it does not support',
    { code: (_sent, code) => (code === 'AR' ? 'AE' : code) },
    ['v2-06-unsupported'],
    'AE instead of AR',
  ],
  [
    'knows original mode only, and says so by AA',
    { code: (_sent, code) => (code === 'CA' ? 'AA' : code) },
    ['v2-07-accept'],
    'AA instead of CA',
  ],
  [
    'acknowledges everything',
    { answersAll: true },
    ['v2-07-never', 'v2-08-silent'],
    'came before the answer to ADT^A28',
  ],
  [
    'refuses without a word',
    {
      spoil: (reply) => {
        reply.set('MSA-3', undefined);
        if (reply.count('ERR') > 0) reply.removeSegment('ERR');
      },
    },
    ['v2-09-why'],
    'neither MSA-3 nor ERR says why',
  ],
  ['forgets what it has answered', { forgets: true }, ['v2-10-same'], 'differs the second time'],
];

describe('who receives HL7 v2 over MLLP', () => {
  it('passes where it keeps to the rules, and what it keeps is not judged where nobody may look', async () => {
    const { report, failed, passed, skipped, messages } = await judged();
    expect(failed).toEqual([]);
    expect(passed).toEqual(hl7Checks.map(({ id }) => id));
    expect(skipped).toEqual(['v2-12-replaced', 'v2-13-newest', 'v2-14-kept']);
    expect(messages.join()).toContain('hl7v2.fhir');
    expect(report).toMatchObject({ exitCode: 0, role: 'responder' });
  });

  it.for(MISTAKES)('fails, with what is wrong, where it %s', async ([, habits, expected, said]) => {
    const { failed, messages, report } = await judged(habits);
    expect(failed).toEqual(expected);
    expect(messages.join('\n')).toContain(said);
    expect(report.exitCode).toBe(1);
  });

  it('has a mistake above or below for each of its checks', () => {
    const shown = new Set([...MISTAKES.flatMap(([, , failed]) => failed), 'v2-02-msa-2']);
    expect([...shown].toSorted()).toEqual(hl7Checks.map(({ id }) => id).toSorted());
  });

  it('fails MSA-2 in every place where it names another message', async () => {
    const { failed } = await judged({ spoil: (reply) => void reply.set('MSA-2', 'OTHER') });
    expect(failed).toContain('v2-02-msa-2');
  });

  it('shows every message with its acknowledgement, without the security field', async () => {
    const { report } = await judged({}, { hl7v2: { security: 'not-for-anybody' } });
    expect(table(report, { colour: false, width: 100 })).not.toContain('not-for-anybody');
    expect(JSON.stringify(report)).not.toContain('not-for-anybody');
    const accepted = report.exchanges.find(({ step }) => step === 'hl7-accepted');
    expect(accepted).toMatchObject({
      request: { method: 'ADT^A28' },
      reply: { body: expect.stringContaining('MSA|AA|') },
    });
  });

  it('is sent nothing that it could act on without consent', async () => {
    const { report, skipped } = await judged({}, { consentToWrite: false });
    expect(report.exchanges.map(({ request }) => request.method)).toEqual(['ZZZ^Z99']);
    expect(skipped).toContain('v2-10-same');
  });

  it('is not judged by enhanced mode where the dialect has none', async () => {
    const { report } = await judged({ code: (_sent, code) => (code === 'CA' ? 'AA' : code) }, {}, 'hl7v2-itk');
    expect(report.requirements.find(({ id }) => id === 'V2-07')).toMatchObject({ verdict: 'omit' });
    expect(report.exitCode).toBe(0);
  });

  it('is unreachable where nobody listens, and no target where that is no address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(run(`mllp://127.0.0.1:${port}`)).rejects.toThrow(UnreachableError);
    await expect(run('mllp://127.0.0.1')).rejects.toThrow(UsageError);
    await expect(run('mllp://live.example.nhs.uk:2575')).rejects.toThrow('live NHS host');
    await expect(run('mllp://127.0.0.1:1', { hl7v2: { fhir: 'https://live.example.nhs.uk/FHIR' } })).rejects.toThrow(
      'live NHS host',
    );
  });
});
