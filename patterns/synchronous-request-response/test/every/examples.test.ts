import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadThisPattern } from '../../loaded.ts';
import { call, type Served, serve } from '../served.ts';

const SEED = { seed: 7, people: 5 };

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

describe('the examples on the sandbox page', () => {
  it.each(['fhir-r4', 'pds'])('are there in %s, and answer as their notes say', async (dialect) => {
    const pattern = await loadThisPattern();
    const base = `${await served.open(dialect, { dialect, ...SEED })}/provider/FHIR/R4`;
    const examples = (await pattern.app.examples?.(dialect, SEED)) ?? [];
    const { sentinels } = (await pattern.dialect(dialect)).dialect;
    expect(examples.length).toBeGreaterThan(15);
    for (const { title, value } of examples) {
      // What misbehaves on purpose has tests of its own.
      if (sentinels.some((one) => one.value === value)) continue;
      const type = title.includes('Slot') ? 'Slot' : 'Patient';
      const reply = await call(`${base}/${type}/${value}`, { headers: { 'x-request-id': randomUUID() } });
      const gone = dialect === 'pds' && title.includes('invalidated');
      const expected = title.includes('nobody has') || gone ? 404 : title.includes('wrong') ? 400 : 200;
      expect([title, reply.status]).toEqual([title, expected]);
    }
  });

  it('are the same for the same seed, and the generated ones others for another', async () => {
    const of = async (seed: number) => (await loadThisPattern()).app.examples?.('pds', { seed, people: 5 });
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
  });
});

describe('the sentinels', () => {
  it.each(['fhir-r4', 'pds'])('misbehave in %s as they say', async (dialect) => {
    const base = `${await served.open(`s-${dialect}`, { dialect, ...SEED })}/provider/FHIR/R4`;
    const sent = { 'x-request-id': randomUUID() };
    const get = (id: string) => fetch(`${base}/Patient/${id}`, { headers: sent });
    const away = await get('9990000506');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await away.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    expect((await get('9990000425')).status).toBe(429);
    await expect(get('9990000417')).rejects.toThrow();
    expect((await get('9990000514')).headers.get('etag')).not.toBe('W/"1"');
    expect((await get('9990000530')).headers.get('etag')).toBeNull();
    expect((await get('9990000603')).headers.get('x-request-id')).not.toBe(sent['x-request-id']);
    expect((await get('9990000611')).headers.get('content-type')).toContain('text/html');
    expect((await get('9990000409')).status).toBe(dialect === 'pds' ? 408 : 200);
  });
});
