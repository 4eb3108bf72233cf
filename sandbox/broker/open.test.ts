import { describe, expect, it } from 'vitest';
import { hasBrokerDriver, openBroker } from './open.ts';

describe('opening BROKER_URL', () => {
  it.each([
    ['kafka://me:s3cret@host', 'There is no broker driver "kafka:" (BROKER_URL)'],
    ['port:', 'There is no broker driver "port:"'],
    ['../sql/sqlite:', 'There is no broker driver'],
    ['nowhere', 'BROKER_URL has no scheme'],
    ['local:elsewhere', 'the embedded broker has no address; write local:'],
  ])('refuses %s with the reason, and no password', async (url, reason) => {
    const refused = await openBroker(url).catch((error: unknown) => error);
    expect(refused).toMatchObject({ trouble: 'misuse', message: expect.stringContaining(reason) });
    expect(String(refused)).not.toContain('s3cret');
  });

  it('takes the scheme in any case', async () => {
    await (await openBroker('LOCAL:')).close();
    expect(hasBrokerDriver('local')).toBe(true);
    expect(hasBrokerDriver('kafka')).toBe(false);
  });
});
