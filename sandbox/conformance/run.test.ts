import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fail, pass } from './check.ts';
import { on } from './evidence.ts';
import { evidencePack } from './evidence-pack.ts';
import { junit } from './junit.ts';
import { isLiveNhsHost } from './live-host.ts';
import { checkProfile, EMPTY_PROFILE } from './profile.ts';
import { parseRequirements } from './requirement.ts';
import { type Conformance, runConformance } from './run.ts';
import { table } from './table.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

const listen = async (handle: Parameters<typeof createServer<never, never>>[1]): Promise<string> => {
  const server = createServer(handle as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const requirements = parseRequirements(
  `requirements:
  - { id: TST-01, level: SHALL, role: responder, statement: It is 200., source: a test }
  - { id: TST-02, level: SHOULD, role: responder, statement: It says hello., source: a test }
  - { id: TST-03, level: SHALL, role: responder, dialects: [other], statement: Not here., source: a test }
  - { id: TST-04, level: SHALL, role: initiator, statement: Not judged., source: a test, notTested: it binds the initiator }`,
  'test',
);

const conformance: Conformance = {
  requirements,
  checks: [
    {
      id: 'tst-01',
      requirements: ['TST-01'],
      title: 'It is 200',
      failure: 'It is not 200.',
      judge: (evidence) =>
        on(evidence, 'get', ({ reply }) => (reply.status === 200 ? pass : fail(`It is ${reply.status}.`, 'get'))),
    },
    {
      id: 'tst-02',
      requirements: ['TST-02'],
      title: 'It says hello',
      failure: 'It says no hello.',
      judge: (evidence) =>
        on(evidence, 'get', ({ reply }) => (reply.body === 'hello' ? pass : fail(`It says <${reply.body}>.`, 'get'))),
    },
  ],
  drive: async (session) => {
    await session.http('get', { method: 'GET', path: '/x' });
  },
};

const options = (target: string, more: object = {}) => ({
  pattern: 'p',
  dialect: 'd',
  target,
  profile: EMPTY_PROFILE,
  tool: 'fingerpost 0',
  ...more,
});

describe('a conformance run', () => {
  it('passes what is right, leaves out what does not bind the dialect, and says why something has no check', async () => {
    const target = await listen((_request: never, response: { end(text: string): void }) => response.end('hello'));
    const report = await runConformance(conformance, options(target));
    expect(report.requirements.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['TST-01', 'pass'],
      ['TST-02', 'pass'],
      ['TST-04', 'omit'],
    ]);
    expect(report).toMatchObject({ exitCode: 0, counts: { pass: 2, omit: 1 } });
    expect(report.requirements[2]?.why).toBe('it binds the initiator');
    // What a pass rests on is what the check looked into, though it names nothing.
    expect(report.requirements[0]?.checks[0]?.steps).toEqual(['get']);
  });

  it('fails with the check’s own sentence and what was found, and --min-level SHALL forgives a SHOULD', async () => {
    const target = await listen((_request: never, response: { end(text: string): void }) =>
      response.end('<bye> & "so" on\u0007'),
    );
    const report = await runConformance(conformance, options(target));
    expect(report.exitCode).toBe(1);
    expect(report.requirements[1]?.checks[0]?.message).toContain('It says no hello. It says <<bye>');
    expect((await runConformance(conformance, options(target, { minLevel: 'SHALL' }))).exitCode).toBe(0);
    const xml = junit(report);
    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="0"');
    expect(xml).toContain('&lt;&lt;bye&gt; &amp; &quot;so&quot; on\uFFFD');
    expect(table(report, { colour: false, width: 80 })).toMatch(/FAIL {3}TST-02 {2}SHOULD[\s\S]*GET http:.*\/x → 200/);
  });

  it('sees a dropped connection as an observation, and a target that is not there as unreachable', async () => {
    const dropping = await listen((request: { socket: { destroy(): void } }) => request.socket.destroy());
    const report = await runConformance(conformance, options(dropping));
    expect(report.exitCode).toBe(4);
    expect(report.exchanges[0]?.broken?.how).toBe('dropped');
    expect(report.exchanges[0]?.broken?.detail).toBe('the connection was closed before the answer was complete');
    // A port that was free a moment ago, and that nobody was given since.
    const left = createServer().listen(0, '127.0.0.1');
    await once(left, 'listening');
    const { port } = left.address() as AddressInfo;
    await new Promise((resolve) => left.close(resolve));
    for (const [target, words] of [
      [`http://127.0.0.1:${port}`, 'connection refused'],
      ['http://nobody.invalid', '(no such host|the host name cannot be resolved at present)'],
      ['http://127.0.0.1:1', 'a port that fetch refuses to open'],
      [dropping.replace('http:', 'https:'), 'what is there speaks no TLS; perhaps it is http'],
    ] as const)
      await expect(runConformance(conformance, options(target))).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(new RegExp(`^${target} cannot be reached: ${words}$`)),
      });
  });

  it('gives up on an answer after the profile’s timeout', async () => {
    const silent = await listen(() => undefined);
    const report = await runConformance(conformance, options(silent, { profile: { ...EMPTY_PROFILE, timeout: 50 } }));
    expect(report.exchanges[0]?.broken).toEqual({ how: 'timeout', detail: 'no answer within 50 ms' });
  });

  it('follows no redirect, and calls no live NHS host that the target leads to', async () => {
    type Reply = { writeHead(status: number, headers: object): { end(): void } };
    const target = await listen((_request: never, response: Reply) =>
      response.writeHead(307, { location: 'https://api.service.nhs.uk/x' }).end(),
    );
    const called: string[] = [];
    const spy: typeof fetch = (input, init) => {
      called.push(String(input));
      return fetch(input, init);
    };
    const drive: Conformance['drive'] = async (session) => {
      const { reply } = await session.http('get', { method: 'GET', path: '/x' });
      await session.http('led-there', { method: 'GET', path: reply?.headers.location ?? '' });
    };
    await expect(runConformance({ ...conformance, drive }, options(target, { fetch: spy }))).rejects.toThrow(
      'api.service.nhs.uk is a live NHS host',
    );
    expect(called).toEqual([`${target}/x`]);
  });

  it('sends the profile’s headers and credential, and shows no credential in the report', async () => {
    const target = await listen((request: { headers: object }, response: { end(text: string): void }) =>
      response.end(JSON.stringify(request.headers)),
    );
    const profile = checkProfile({
      headers: { 'NHSD-End-User-Organisation-ODS': 'X26' },
      credentials: { authorization: 'Bearer very-secret' },
    });
    const report = await runConformance(conformance, options(target, { profile }));
    expect(report.exchanges[0]?.reply?.body).toContain('"nhsd-end-user-organisation-ods":"X26"');
    const shown = Object.values(unzipSync(evidencePack(report))).map((file) => Buffer.from(file).toString());
    expect(shown.filter((text) => text.includes('nhsd-end-user-organisation-ods')).length).toBeGreaterThan(2);
    for (const text of [JSON.stringify(report), ...shown]) expect(text).not.toContain('very-secret');
  });

  it.each([
    ['ftp://x/', 'not an http or https URL'],
    ['nonsense', 'not an http or https URL'],
    ['http://user:word@x/', 'Put credentials into the profile'],
    ['http://x/?a=b', 'no query'],
    ['https://api.service.nhs.uk/personal-demographics/FHIR/R4', 'is a live NHS host'],
    ['https://api.service。nhs.ＵＫ./x', 'api.service.nhs.uk. is a live NHS host'],
    ['https://sandbox.api.service.nhs.uk@api.service.nhs.uk/x', 'Put credentials into the profile'],
  ])('refuses the target %s', async (target, message) => {
    await expect(runConformance(conformance, options(target))).rejects.toThrow(message);
  });

  it.each([
    ['api.service.nhs.uk', true],
    ['API.SERVICE.NHS.UK.', true],
    ['something.trust.nhs.uk', true],
    ['test.trust.nhs.uk', true],
    ['www.test-and-trace.nhs.uk', true],
    ['sandbox.example.api.service.nhs.uk', true],
    ['sandbox-api.service.nhs.uk', true],
    ['mail.nhs.net', true],
    ['mesh-sync.national.ncrs.nhs.uk', true],
    ['mesh-sync.spineservices.nhs.uk', true],
    ['proxy.national.ncrs.nhs.uk..', true],
    ['sandbox.api.service.nhs.uk', false],
    ['internal-dev-sandbox.api.service.nhs.uk', false],
    ['int.api.service.nhs.uk', false],
    // MESH's specification lists it as Integration.
    ['msg.intspineservices.nhs.uk', false],
    ['msg.int.spine2.ncrs.nhs.uk', false],
    ['proxy.opentest.hscic.gov.uk', false],
    ['nhs.uk.example.org', false],
    ['mynhs.uk', false],
    ['[::1]', false],
    ['127.0.0.1', false],
  ])('takes %s for a live NHS host: %s', (host, live) => {
    expect(isLiveNhsHost(host)).toBe(live);
  });
});

describe('a profile', () => {
  it('takes an unquoted NHS number for the text that it is', () => {
    expect(checkProfile(parse('ids: { patient: 9000000009 }\nconsentToWrite: true'))).toEqual({
      ...EMPTY_PROFILE,
      ids: { patient: '9000000009' },
      consentToWrite: true,
    });
  });

  it('names every mistake with its place', () => {
    expect(() =>
      checkProfile({ ids: { pateint: '1' }, slots: 'x', consentToWrite: 'yes', limit: 0, headers: { a: [] } }),
    ).toThrow(
      /ids\.pateint is unknown; known here: patient, unknown, malformed, custodian, otherCustodian\n- slots is not a list\n- consentToWrite is neither true nor false\n- limit is not a whole number.*\n- headers\.a is not a text/,
    );
    // fetch would throw these at the first request, and say that the run is broken.
    expect(() =>
      checkProfile({ headers: { 'a b': 'c', d: 'e\nf' }, credentials: { authorization: 'Bearer €' } }),
    ).toThrow(
      /- headers: "a b" cannot be the name of a header\n- headers\.d cannot be sent as .*\n- credentials\.authorization cannot be sent as the value of a header$/,
    );
  });
});

describe('a file of requirements', () => {
  it('is refused with every mistake and its place', () => {
    const text = 'requirements:\n - {id: A-1, level: MAY, role: nobody, statement: "", source: x, colour: red}';
    expect(() => parseRequirements(text, 'r.yaml')).toThrow(
      /r\.yaml: requirements\[0\]\.colour is unknown\n.*id is not like RRS-01\n.*neither SHALL nor SHOULD\n.*role is none of.*\n.*statement is missing/,
    );
    expect(() =>
      parseRequirements(
        'requirements:\n - {id: ABC-01, level: SHALL, role: both, statement: a, source: b}\n - {id: ABC-01, level: SHALL, role: both, statement: a, source: b}',
        'r.yaml',
      ),
    ).toThrow('ABC-01 stands twice');
    expect(() => parseRequirements('nothing: here', 'r.yaml')).toThrow('expected a list under "requirements"');
  });
});
