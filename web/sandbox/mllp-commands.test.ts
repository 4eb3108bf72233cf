import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../data/sandbox-types.ts';
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

/** What a shell would hand to `fingerpost hl7 send`. */
const sent = (pattern: string, participant: string, credential?: string) => {
  const endpoint = { ...at(participant), ...(credential === undefined ? {} : { credential }) };
  const [command] = commandsFor({ ...sandbox, pattern }, endpoint, () => '0f8fad5b-d9cb-469f-a165-70867728950e');
  const [print = '', send] = (command?.text ?? '').split(' \\\n  | ');
  const lines = execFileSync('sh', ['-c', print], { encoding: 'utf8' }).split('\r');
  // The fields of a segment, counted from 1; those of MSH from 2, for MSH-1 is what separates them.
  const fields = (name: string) => lines.find((line) => line.startsWith(name))?.split('|') ?? [];
  return { send, lines, fields };
};

describe('commands for MLLP', () => {
  it.each([
    ['information-push', 'recipient', 'ADT^A01^ADT_A01', 'PID-3'],
    ['publish-subscribe', 'broker', 'ADT^A01^ADT_A01', 'PID-3'],
    ['synchronous-request-response', 'provider', 'QRY^A19', 'QRD-8'],
    ['asynchronous-request-response', 'provider', 'REF^I12^REF_I12', 'PID-3'],
    ['asynchronous-request-response', 'requester', 'RRI^I12^RRI_I12', 'RF1-1'],
  ])('send to the %s what its %s takes: %s', (pattern, participant, type, path) => {
    const { send, lines, fields } = sent(pattern, participant);
    expect(send).toBe('npx fingerpost hl7 send --to mllp://127.0.0.1:2601');
    const [, encoding, , , , , , , kind, id] = fields('MSH');
    expect([encoding, kind, id]).toEqual(['^~\\&', type, '0F8FAD5BD9CB469FA165']);
    expect([lines.at(-1), lines.at(-2)]).toEqual(['', expect.stringMatching(/^[A-Z]/)]);
    const [segment = '', field] = path.split('-');
    expect(fields(segment)[Number(field)]).toMatch(/./);
  });

  it('carry the credential that is asked for in MSH-8', () => {
    expect(sent('information-push', 'recipient', 'fp_secret').fields('MSH')[7]).toBe('fp_secret');
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
