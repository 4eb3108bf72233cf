import { describe, expect, it } from 'vitest';
import { readConfig } from '../sandbox/config.ts';
import { testStore } from '../sandbox/sql/store.test-data.ts';
import { openCatalogue } from './catalogue.ts';
import { startService } from './main.ts';

const config = async () => readConfig({ PORT: '0', STORE_URL: await testStore(), LOG_LEVEL: 'silent' });
const templates = /fingerpost_rows\{what="templates"\} (\d+)/;
const countTemplates = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(templates.exec(metrics)?.[1]);
};

describe('what is done beforehand', () => {
  it('seeds the template that a first sandbox of each pattern begins as, where it is asked for, and only there', async () => {
    const { ids, live } = await openCatalogue();
    const warm = await startService(await config(), { warm: true, people: 1 });
    await warm.warmed;
    const cold = await startService(await config(), { people: 1 });
    await cold.warmed;
    expect([await countTemplates(warm.url), await countTemplates(cold.url)]).toEqual([ids.filter(live).length, 0]);
    await Promise.all([warm.close(), cold.close()]);
  });

  it('delays neither readiness nor closing, and leaves nothing half done behind', async () => {
    const service = await startService(await config(), { warm: true });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    await service.close();
    await expect(service.warmed).resolves.toBeUndefined();
  });
});
