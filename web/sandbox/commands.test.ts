import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../data/sandbox-types.ts';
import { commandsFor, shellQuote, targetOf } from './commands.ts';

const sandbox: Sandbox = {
  id: 's',
  pattern: 'synchronous-request-response',
  dialect: 'fhir-r4',
  auth: 'bearer',
  createdAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-23T10:00:00Z',
  clock: { now: '2026-11-22T10:00:00Z', speed: 1 },
  participants: [],
  endpoints: [],
  worklist: false,
  queues: false,
  examples: [
    { title: 'Slot', value: 'slot-1' },
    { title: 'Patient', value: '9990000018' },
  ],
};
const endpoint = { participant: 'provider', protocol: 'fhir-r4', url: 'http://h/FHIR/R4', credential: "it's" };

describe('commands to copy', () => {
  it('read, search and patch a patient that the seed put there', () => {
    const commands = commandsFor(sandbox, endpoint, () => 'uuid');
    expect(commands.map((command) => command.title)).toEqual(['Read', 'Search', 'Patch']);
    expect(commands[0]?.text).toBe(
      "curl -sS \\\n  -H 'Authorization: Bearer it'\\''s' \\\n  -H 'X-Request-ID: uuid' \\\n  http://h/FHIR/R4/Patient/9990000018",
    );
  });

  it('change a patient at the version that was just read', () => {
    const patch = commandsFor(sandbox, endpoint, () => 'uuid')[2]?.text ?? '';
    expect(patch.split('\n')[0]).toBe('VERSION=$(curl -sS \\');
    expect(patch).toContain('-H "If-Match: $VERSION" \\\n');
    expect(patch).toContain(`-d '[{"op":"replace","path":"/gender","value":"unknown"}]'`);
  });

  it('wrap the operations of a patch for PDS', () => {
    const patch = commandsFor({ ...sandbox, dialect: 'pds' }, endpoint, () => 'uuid')[2]?.text;
    expect(patch).toContain(`-d '{"patches":[{"op":"replace","path":"/gender","value":"unknown"}]}'`);
  });

  it.each([
    ['simulated', undefined, endpoint],
    ['stopped', undefined, endpoint],
    ['external', undefined, undefined],
    ['external', 'https://x/FHIR/R4/', { participant: 'provider', protocol: 'fhir-r4', url: 'https://x/FHIR/R4' }],
  ] as const)('of a seat that is %s at %s go to %j', (mode, url, target) => {
    const participant = { name: 'provider', title: 'Provider', mode, acts: [], ...(url === undefined ? {} : { url }) };
    expect(targetOf(participant, endpoint)).toEqual(target);
  });

  it('follow a stream, as events or by WebSocket, with the credential that it asks for', () => {
    const at = { participant: 'broker', url: 'http://h/x/stream', credential: "it's" };
    expect(commandsFor(sandbox, { ...at, protocol: 'sse' }, () => '')).toEqual([
      { title: 'Follow', text: "curl -N \\\n  -H 'Authorization: Bearer it'\\''s' \\\n  http://h/x/stream" },
    ]);
    const { credential: _, ...open } = at;
    expect(commandsFor(sandbox, { ...open, url: 'ws://h/s', protocol: 'ws' }, () => '')[0]?.text).toBe(
      `node -e 'new WebSocket("ws://h/s").onmessage = ({ data }) => console.log(data)'`,
    );
    expect(commandsFor(sandbox, { ...at, protocol: 'ws' }, () => '')[0]?.text).toContain('"Authorization":"Bearer it');
    expect(commandsFor(sandbox, { participant: 'broker', protocol: 'ws' }, () => '')).toEqual([]);
  });

  const broker = {
    participant: 'sender',
    protocol: 'amqp',
    url: 'amqp://fingerpost.outside.sender.1:fp_a@h/%2F',
    exchange: 'fingerpost.outside.sender.1',
    routingKeys: ['inbox'],
    queue: 'fingerpost.outside.sender.1',
  };

  it('consume from the queue that a participant outside has, and publish to each of its consumers', () => {
    expect(commandsFor(sandbox, broker, () => 'uuid').map(({ text }) => text)).toEqual([
      `amqp-consume -u ${broker.url} \\\n  -q ${broker.queue} -c 1 cat`,
      `amqp-publish -u ${broker.url} \\\n  -e ${broker.exchange} -r inbox -p -C application/fhir+json \\\n  -H 'message-id: uuid' < message.json`,
    ]);
    const { url: _none, ...unmade } = broker;
    expect(commandsFor(sandbox, unmade, () => 'uuid')).toEqual([]);
    const participant = { name: 'sender', title: 'Sender', mode: 'external', acts: [] } as const;
    expect(targetOf(participant, broker)).toBe(broker);
  });

  it('are not offered for what has an API of its own', () => {
    expect(commandsFor(sandbox, { ...endpoint, protocol: 'http' }, () => 'uuid')).toEqual([]);
  });

  it.each([
    ['plain/text-1.0', 'plain/text-1.0'],
    ['a b', "'a b'"],
    ['$(rm)', "'$(rm)'"],
    ['?a&b', "'?a&b'"],
    ["'", `''\\'''`],
  ])('quote %j for the shell', (text, quoted) => {
    expect(shellQuote(text)).toBe(quoted);
  });

  it.each([
    ['fhir-r4', 'registry', 'http://h/FHIR/R4', ['Find pointers', 'Register a pointer']],
    ['nrl', 'registry', 'http://h/record-locator/consumer/FHIR/R4', ['Find pointers']],
    ['nrl', 'registry', 'http://h/record-locator/producer/FHIR/R4', ['Find your own pointers', 'Register a pointer']],
    ['nrl', 'repository', 'http://h/FHIR/R4', ['Fetch a document', 'Who has asked for what']],
  ])('find pointers and fetch documents in %s at the %s, %s', (dialect, participant, url, titles) => {
    const box = { ...sandbox, pattern: 'registry-repository', dialect };
    const commands = commandsFor(box, { participant, protocol: 'fhir-r4', url }, () => 'uuid');
    expect(commands.map(({ title }) => title)).toEqual(titles);
    const all = commands.map(({ text }) => text).join();
    expect(all).toContain("-H 'X-Request-ID: uuid'");
    // In NRL every call to the registry says for whom; the number of a person stands in no address.
    expect(all.includes('NHSD-End-User-Organisation-ODS')).toBe(dialect === 'nrl' && participant === 'registry');
    expect(all).not.toMatch(/http:[^ ]*9990000018/);
  });
});
