import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../sandbox/conformance/report.ts';
import { type Box, driven, freePort, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';

const PATTERN = 'information-push';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { open: openBox, seat } = owner(() => service.url);

const open = (): Promise<Box> => openBox({ pattern: PATTERN, dialect: 'fhir-r4' });

const targetOf = (box: Box): string => `${service.url}/sandboxes/${box.id}/recipient/FHIR/R4`;

const drive = (target: string, profile: object) => driven({ pattern: PATTERN, dialect: 'fhir-r4', target, profile });

/** Drives our recipient; the sender's seat, to which its acknowledgements go, is the run's listener. */
const run = async () => {
  const port = await freePort();
  const box = await open();
  await seat(box, 'sender', port);
  return drive(targetOf(box), { timeout: 15_000, listen: { port } });
};
const verdictsOf = ({ requirements }: Report) =>
  Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));

describe('a recipient of information push', () => {
  it('passes when it is our own sandbox', async () => {
    const { failed, report } = await run();
    expect(failed).toEqual([]);
    const verdicts = verdictsOf(report);
    for (const id of ['PSH-03', 'PSH-04', 'PSH-10', 'PSH-11', 'PSH-13'])
      expect([id, verdicts[id]]).toEqual([id, 'pass']);
    const checks = report.requirements.flatMap((one) => (one.id.startsWith('PSH') ? one.checks : []));
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(verdicts['COM-05']).toBe('pass');
    // What only a mailbox shows is not asked of a FHIR endpoint.
    expect(Object.keys(verdicts)).not.toContain('PSH-05');
  });

  it('fails when it says 200 to everything', async () => {
    const careless = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(careless, 'listening');
    const address = careless.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { report } = await drive(`http://127.0.0.1:${port}`, { timeout: 300 });
    careless.close().closeAllConnections();
    expect(verdictsOf(report)).toMatchObject({
      'PSH-04': 'pass',
      'PSH-10': 'fail',
      'PSH-13': 'fail',
      'PSH-11': 'skip',
    });
  });
});
