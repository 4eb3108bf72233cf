import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../served.ts';

let served: Served;
let base: string;
beforeAll(async () => {
  served = await serve();
  base = `${await served.open('bodies', { dialect: 'fhir-r4', seed: 1, people: 0 })}/provider/FHIR/R4`;
});
afterAll(() => served.close());

const FHIR = { 'content-type': 'application/fhir+json' };
const send = async (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) => {
  const reply = await fetch(`${base}/${path}`, {
    method,
    headers: { ...(body === undefined ? {} : FHIR), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { reply, text: await reply.text() };
};

const journal = async () => {
  const { host } = served;
  await host.journal.flush();
  const [row] = await host.sql.query<{ serial: number }>("select serial from sandbox where id = 'bodies'");
  return (await host.journal.page({ id: 'bodies', serial: row?.serial ?? 0 }, 0, 100)).items;
};
const keptBodies = async () =>
  (await served.host.sql.query<{ kept: number }>('select count(reply_body) as kept from exchange'))[0]?.kept ?? 0;

describe('the journal shows what was on the wire', () => {
  it('also after the resource was changed and deleted, although it keeps no copy of a stored version', async () => {
    const patient = { resourceType: 'Patient', name: [{ family: 'Løvgren' }] };
    const created = await send('POST', 'Patient', patient);
    const location = created.reply.headers.get('location') ?? '';
    const path = location.slice(base.length + 1, location.indexOf('/_history'));
    const sent = [created];
    sent.push(await send('GET', path));
    sent.push(await send('PUT', path, { ...patient, id: path.slice('Patient/'.length), active: true }));
    sent.push(await send('GET', `${path}/_history/1`));
    sent.push(await send('GET', path));
    await send('DELETE', path);
    const shown = await journal();
    expect(shown.slice(0, -1).map(({ reply }) => reply?.body)).toEqual(sent.map(({ text }) => text));
    expect(new Set(sent.map(({ text }) => text)).size).toBe(2);
    expect(await keptBodies()).toBe(0);
  });

  it('has a change and its answer in one row, and that of a bundle once all its entries are answered', async () => {
    const before = (await journal()).length;
    const patient = { resourceType: 'Patient', name: [{ family: 'Whole' }] };
    const created = await send('POST', 'Patient', patient);
    const changed = await send('PUT', 'Patient/whole', { ...patient, id: 'whole' }, { prefer: 'return=minimal' });
    const entry = [1, 2].map(() => ({ resource: patient, request: { method: 'POST', url: 'Patient' } }));
    const several = await send('POST', '', { resourceType: 'Bundle', type: 'batch', entry });
    const shown = (await journal()).slice(before);
    const sent = [created, changed, several];
    expect(shown.map(({ reply }) => reply?.status)).toEqual(sent.map(({ reply }) => reply.status));
    expect(shown.map(({ reply }) => reply?.body ?? '')).toEqual(sent.map(({ text }) => text));
    expect(shown.map(({ reply }) => reply?.headers?.location)).toEqual(
      sent.map(({ reply }) => reply.headers.get('location') ?? undefined),
    );
    expect(shown.map(({ seq, cursor }) => Number(cursor) === seq)).toEqual([true, true, false]);
  });

  it('keeps a body that is not a stored version as it lies in the store', async () => {
    const before = (await journal()).length;
    const kept = await keptBodies();
    const path = 'Patient/9000000009';
    const sent: string[] = [];
    for (const asked of [`${path}?_pretty=true`, `${path}?_elements=name`, `${path}/_history`, 'Patient/unknown'])
      sent.push((await send('GET', asked)).text);
    expect((await send('HEAD', path)).text).toBe('');
    const shown = (await journal()).slice(before).map(({ reply }) => reply?.body);
    expect(shown).toEqual([...sent, undefined]);
    expect((await keptBodies()) - kept).toBe(4);
  });
});
