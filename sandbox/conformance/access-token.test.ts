import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientIdOf, saveClient, UNREGISTERED } from '../auth/clients.ts';
import { newSupplier, type Supplier } from '../auth/supplier.test-data.ts';
import { startThings, type ThingsService } from '../http/things-service.ts';
import { checkProfile } from './profile.ts';
import { runConformance } from './run.ts';
import type { Session } from './session.ts';

let things: ThingsService;
let supplier: Supplier;
beforeAll(async () => {
  things = await startThings();
  supplier = await newSupplier('k1');
  await things.create('one', { auth: 'signed-jwt' });
  const keys = [supplier.publicKey];
  await things.host.sql.transaction((tx) => saveClient(tx, 'one', 'asker', { ...UNREGISTERED, keys }));
});
afterAll(() => things.close());

const clientWith = (more: object = {}) => ({
  tokenUrl: `${things.url}/sandboxes/one/oauth2/token`,
  clientId: clientIdOf({ credential: 'fp_one_asker' }),
  kid: 'k1',
  privateKey: String(supplier.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  ...more,
});

const run = async (client: object) => {
  const seen: unknown[] = [];
  const drive = async (session: Session): Promise<void> => {
    seen.push((await session.http('write', { method: 'PUT', path: '/Thing/z', body: '{}' })).reply?.status);
    seen.push(session.profile.credentials);
  };
  const report = await runConformance(
    { requirements: [], checks: [], drive },
    {
      pattern: 'things',
      dialect: 'lax',
      target: `${things.url}/sandboxes/one/answerer/FHIR/R4`,
      profile: checkProfile({ headers: { 'content-type': 'application/fhir+json' }, credentials: { client } }),
      tool: 'fingerpost 0',
    },
  );
  return { seen, report };
};

describe('a profile with a client', () => {
  it('gets a token for a signed JWT, by a key in PEM or as a JWK, and no check sees the key or a report the token', async () => {
    for (const privateKey of [clientWith().privateKey, JSON.stringify(supplier.privateKey.export({ format: 'jwk' }))]) {
      const { seen, report } = await run(clientWith({ privateKey }));
      const [status, credentials] = seen as [number, { authorization: string }];
      expect([status < 300, Object.keys(credentials)]).toEqual([true, ['authorization']]);
      expect(credentials.authorization).toMatch(/^Bearer fp_/);
      expect(JSON.stringify(report)).not.toContain(credentials.authorization.slice('Bearer '.length));
    }
  });

  it.each([
    ['the token endpoint’s own words', { kid: 'another' }, /issued no token: 401 .*no matching public key/],
    ['what is no key', { privateKey: 'Dear colleague' }, /is no private key in PEM/],
    ['that nobody is there', { tokenUrl: 'http://127.0.0.1:1/token' }, /cannot be reached/],
    ['that it is a live host', { tokenUrl: 'https://api.service.nhs.uk/oauth2/token' }, /is a live NHS host/],
    ['what is missing', { kid: undefined }, /credentials\.client\.kid/],
  ])('says %s', async (_, more, message) => {
    await expect(run(JSON.parse(JSON.stringify(clientWith(more))))).rejects.toThrow(message);
  });
});
