import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Endpoint, Sandbox } from '../data/sandbox-types.ts';
import { commandsFor, targetOf } from './commands.ts';

const sandbox: Sandbox = {
  id: 's',
  pattern: 'information-push',
  dialect: 'fhir-r4',
  auth: 'none',
  createdAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-23T10:00:00Z',
  clock: { now: '2026-11-22T10:00:00.000Z', speed: 1 },
  participants: [],
  endpoints: [],
  worklist: false,
  queues: false,
};
const at = (participant: string) => ({ participant, protocol: 'mllp', url: 'mllp://127.0.0.1:2601' });

const admit = {
  title: 'Admit somebody',
  type: 'ADT^A01^ADT_A01',
  segments: ['EVN||{now}', "PID|1||9000000009^^^NHS^NH||O'CASE^100%", 'NTE|1||a\\T\\b'],
};
const refer = {
  title: 'Refer somebody',
  type: 'REF^I12^REF_I12',
  accept: 'AL',
  application: 'NE',
  segments: ['RF1|P'],
};

/** What a shell would hand to `fingerpost hl7 send`. */
const sent = (message: NonNullable<Endpoint['messages']>[number], credential?: string) => {
  const given = { ...at('recipient'), messages: [message] };
  const endpoint = { ...given, ...(credential === undefined ? {} : { credential }) };
  const [command] = commandsFor(sandbox, endpoint, () => '0f8fad5b-d9cb-469f-a165-70867728950e');
  const [print = '', send] = (command?.text ?? '').split(' \\\n  | ');
  const lines = execFileSync('sh', ['-c', print], { encoding: 'utf8' }).split('\r');
  // The fields of MSH, counted from 2: MSH-1 is what separates them.
  return { title: command?.title, send, lines, header: lines[0]?.split('|') ?? [] };
};

describe('commands for MLLP', () => {
  it('send what is good to try there, with a header and a control id of its own, as it stands', () => {
    const { title, send, lines, header } = sent(admit);
    expect([title, send]).toEqual(['Admit somebody', 'npx fingerpost hl7 send --to mllp://127.0.0.1:2601']);
    expect([header[1], header[8], header[9]]).toEqual(['^~\\&', 'ADT^A01^ADT_A01', '0F8FAD5BD9CB469FA165']);
    const [event = '', ...others] = admit.segments;
    expect(lines.slice(1)).toEqual([event.replace('{now}', '20261122100000'), ...others, '']);
  });

  it('ask for the acknowledgements of enhanced mode where it is spoken', () => {
    expect(sent(refer).header.slice(14)).toEqual(['AL', 'NE']);
    expect(sent(admit).header.length).toBe(12);
  });

  it('are none where nothing is known that could be sent', () => {
    expect(commandsFor(sandbox, at('recipient'), () => '')).toEqual([]);
  });

  it('carry the credential that is asked for in MSH-8', () => {
    expect(sent(admit, 'fp_secret').header[7]).toBe('fp_secret');
  });

  it.each([
    [{}, undefined],
    [{ url: 'https://x/FHIR/R4' }, undefined],
    [{ url: 'mllp://h:1' }, 'mllp://h:1'],
    [{ url: 'https://x/FHIR/R4', mllpUrl: 'mllp://h:2' }, 'mllp://h:2'],
  ])('of an external seat with %j go to %s', (given, url) => {
    const participant = { name: 'recipient', title: 'Recipient', mode: 'external' as const, acts: [], ...given };
    expect(targetOf(participant, at('recipient'))?.url).toBe(url);
  });
});
