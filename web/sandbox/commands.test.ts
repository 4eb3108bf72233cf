import { describe, expect, it } from 'vitest';
import type { EndpointRequest } from '../data/endpoint-request.ts';
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
};
const requests: readonly EndpointRequest[] = [
  { title: 'Read', method: 'GET', path: '/Patient/9990000018', headers: {} },
  { title: 'Find', method: 'POST', path: '/Patient/_search', headers: {}, form: { 'a:b': "it's & more" } },
  {
    title: 'Patch',
    method: 'PATCH',
    path: '/Patient/9990000018',
    headers: { 'Content-Type': 'application/json-patch+json', 'X-Correlation-ID': '{uuid}' },
    body: [{ op: 'replace', path: '/gender', value: 'unknown' }],
    version: { path: '/Patient/9990000018', from: 'ETag', as: 'If-Match' },
  },
  { title: 'End it', method: 'POST', path: '/end', headers: {} },
];
const endpoint = {
  participant: 'provider',
  protocol: 'fhir-r4',
  url: 'http://h/FHIR/R4',
  credential: "it's",
  requests,
};

describe('commands to copy', () => {
  const textOf = (title: string): string =>
    commandsFor(sandbox, endpoint, () => 'uuid').find((command) => command.title === title)?.text ?? '';

  it('are what the pattern has to try at the endpoint, and none where there is nothing', () => {
    const titles = commandsFor(sandbox, endpoint, () => 'uuid').map(({ title }) => title);
    expect(titles).toEqual(['Read', 'Find', 'Patch', 'End it']);
    expect(textOf('Read')).toBe(
      "curl -sS \\\n  -H 'Authorization: Bearer it'\\''s' \\\n  -H 'X-Request-ID: uuid' \\\n  http://h/FHIR/R4/Patient/9990000018",
    );
    const { requests: _, ...bare } = endpoint;
    expect(commandsFor(sandbox, bare, () => 'uuid')).toEqual([]);
    const { url: _url, ...nowhere } = endpoint;
    expect(commandsFor(sandbox, nowhere, () => 'uuid')).toEqual([]);
  });

  it('send a form, which makes a POST of it, and say POST where nothing is sent', () => {
    expect(textOf('Find')).toContain("--data-urlencode 'a:b=it'\\''s & more' \\\n  http://h/FHIR/R4/Patient/_search");
    expect(textOf('Find')).not.toContain('-X');
    expect(textOf('End it')).toContain('-X POST');
  });

  it('change a record at the version that was just read, with a UUID of its own', () => {
    expect(textOf('Patch').split('\n')[0]).toBe('VERSION=$(curl -sS \\');
    expect(textOf('Patch')).toContain('tolower($1) == "etag:"');
    expect(textOf('Patch')).toContain('-H "If-Match: $VERSION" \\\n');
    expect(textOf('Patch')).toContain(`-d '[{"op":"replace","path":"/gender","value":"unknown"}]'`);
    expect(textOf('Patch')).toContain("-H 'X-Correlation-ID: uuid'");
    expect(textOf('Patch')).not.toContain('{uuid}');
  });

  it.each([
    ['simulated', undefined, endpoint],
    ['stopped', undefined, endpoint],
    ['external', undefined, undefined],
    [
      'external',
      'https://x/FHIR/R4/',
      { participant: 'provider', protocol: 'fhir-r4', url: 'https://x/FHIR/R4', requests },
    ],
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
    url: 'amqp://integration.outside.sender.1:fp_a@h/%2F',
    exchange: 'integration.outside.sender.1',
    routingKeys: ['inbox'],
    queue: 'integration.outside.sender.1',
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

  it.each([
    ['plain/text-1.0', 'plain/text-1.0'],
    ['a b', "'a b'"],
    ['$(rm)', "'$(rm)'"],
    ['?a&b', "'?a&b'"],
    ["'", `''\\'''`],
  ])('quote %j for the shell', (text, quoted) => {
    expect(shellQuote(text)).toBe(quoted);
  });
});
