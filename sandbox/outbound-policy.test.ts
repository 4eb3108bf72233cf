import { describe, expect, it } from 'vitest';
import { kindOfAddress, type OutboundPolicy, parseExternalUrl, resolveTarget } from './outbound-policy.ts';
import { ProblemError } from './problem.ts';

const away: OutboundPolicy = { outboundAllow: [], listensOnLoopbackOnly: false };
const home: OutboundPolicy = { outboundAllow: [], listensOnLoopbackOnly: true };
const allowing = (...outboundAllow: string[]): OutboundPolicy => ({ outboundAllow, listensOnLoopbackOnly: false });

const conditionOf = async (url: string, policy: OutboundPolicy): Promise<string> => {
  try {
    return (await resolveTarget(parseExternalUrl(url), policy)).address;
  } catch (error) {
    return error instanceof ProblemError ? error.problem.condition : String(error);
  }
};
const REFUSED = 'outbound-refused';

describe('an address', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['2606:4700::1111', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:8.8.8.8', 'public'],
    ['::ffff:10.0.0.1', 'special'],
    ['::ffff:a9fe:a9fe', 'special'],
    ['::127.0.0.1', 'special'],
    ['::', 'special'],
    ['0.0.0.0', 'special'],
    ['10.0.0.1', 'special'],
    ['100.100.100.200', 'special'],
    ['169.254.169.254', 'special'],
    ['172.16.0.1', 'special'],
    ['172.31.255.255', 'special'],
    ['192.168.1.1', 'special'],
    ['192.0.2.1', 'special'],
    ['198.18.0.1', 'special'],
    ['224.0.0.1', 'special'],
    ['255.255.255.255', 'special'],
    ['fc00::1', 'special'],
    ['fd00:ec2::254', 'special'],
    ['fe80::1', 'special'],
    ['fe80::1%eth0', 'special'],
    ['ff02::1', 'special'],
    ['64:ff9b::a9fe:a9fe', 'special'],
    ['2002:7f00:1::', 'special'],
    ['2001:db8::1', 'special'],
  ])('%s is %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });
});

describe('a participant of a service that listens beyond loopback', () => {
  it.each([
    ['http://8.8.8.8/fhir', '8.8.8.8'],
    ['https://[2606:4700::1111]/', '2606:4700::1111'],
    ['http://127.0.0.1/', REFUSED],
    ['http://localhost/', REFUSED],
    ['http://2130706433/', REFUSED],
    ['http://0x7f000001/', REFUSED],
    ['http://0177.0.0.1/', REFUSED],
    ['http://127.1/', REFUSED],
    ['http://0/', REFUSED],
    ['http://[::]/', REFUSED],
    ['http://[::ffff:169.254.169.254]/', REFUSED],
    ['http://169.254.169.254/latest/meta-data', REFUSED],
    ['http://10.1.2.3:8080/', REFUSED],
  ])('calling %s gets %s', async (url, outcome) => {
    expect(await conditionOf(url, away)).toBe(outcome);
  });

  it.each([
    ['http://10.1.2.3/', '10.1.2.3', allowing('10.1.0.0/16')],
    ['http://10.2.2.3/', REFUSED, allowing('10.1.0.0/16')],
    ['http://10.1.2.3/', '10.1.2.3', allowing('10.1.2.3')],
    ['http://127.0.0.1/', '127.0.0.1', allowing('127.0.0.1')],
    ['http://[fd00::7]/', 'fd00::7', allowing('fd00::/8')],
    ['http://[::ffff:10.1.2.3]/', '::ffff:a01:203', allowing('10.1.2.3')],
    ['http://10.1.2.3/', REFUSED, allowing('not a range', '10.1.2.3/99')],
  ])('calling %s gets %s where that is allowed', async (url, outcome, policy) => {
    expect(await conditionOf(url, policy)).toBe(outcome);
  });

  it('may call any address of a name that is allowed', async () => {
    expect(await conditionOf('http://LOCALHOST/', allowing('localhost'))).toMatch(/^(127\.0\.0\.1|::1)$/);
  });
});

describe('a participant of a service that listens on loopback only', () => {
  it.each([
    ['http://127.0.0.1:1234/', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://10.1.2.3/', REFUSED],
    ['http://169.254.169.254/', REFUSED],
  ])('calling %s gets %s', async (url, outcome) => {
    expect(await conditionOf(url, home)).toBe(outcome);
  });
});

describe('the refusal of an address', () => {
  it.each([
    ['http://169.254.169.254/latest', '169.254.169.254 is not a public address; OUTBOUND_ALLOW can allow it'],
    ['http://[fe80::1]/', '[fe80::1] is not a public address; OUTBOUND_ALLOW can allow it'],
    ['http://localhost/', 'localhost is '],
  ])('says once what %s is, and for a name to what it leads', async (url, words) => {
    const refused = resolveTarget(parseExternalUrl(url), away);
    await expect(refused).rejects.toMatchObject({ faults: [{ detail: expect.stringContaining(words), at: 'url' }] });
  });
});

describe('the URL of an external system', () => {
  it.each([
    ['ftp://example.org/', 'http: or https:'],
    ['file:///etc/passwd', 'http: or https:'],
    ['http://user:secret@example.org/', 'user name or password'],
    ['/relative', 'absolute'],
    ['', 'absolute'],
  ])('%j is refused', (url, why) => {
    expect(() => parseExternalUrl(url)).toThrow(why);
  });
});
