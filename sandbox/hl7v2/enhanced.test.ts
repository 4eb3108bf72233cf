import { afterEach, describe, expect, it } from 'vitest';
import { acknowledge, type Code } from './acknowledge.ts';
import { admit, connectRaw, frame, hospitalPattern, openHospital, type Sample } from './hospital.test-data.ts';
import { type Hl7Message, parseMessage } from './message.ts';
import { createClosing } from './mllp-echo.test-data.ts';
import { frameOf } from './mllp-frames.ts';
import { listenMllp } from './mllp-server.ts';

const closing = createClosing();
afterEach(closing.closeAll);

/** A ward of somebody else's, which accepts what it is sent. */
const ward = async () => {
  const received: Hl7Message[] = [];
  const waiting: (() => void)[] = [];
  const server = await listenMllp({
    host: '127.0.0.1',
    ports: [0],
    handle: async ({ content }) => {
      const message = parseMessage(content);
      received.push(message);
      for (const wake of waiting.splice(0)) wake();
      return { wire: frameOf(acknowledge(message, { code: 'CA', controlId: 'X', now: 0 }).toBytes()) };
    },
  });
  closing.add({ close: () => server.close(0) });
  const next = async (): Promise<Hl7Message> => {
    while (received.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return received.shift() ?? Promise.reject(new Error('nothing came'));
  };
  return { url: `mllp://127.0.0.1:${server.ports[0]}`, next, received };
};

const start = async (pattern = hospitalPattern) => {
  const sender = await ward();
  const hospital = closing.add(await openHospital({ ward: 'external' }, pattern));
  await hospital.host.sql.transaction((tx) =>
    tx.query("update participant set url = $1 where name = 'ward'", [sender.url]),
  );
  const client = connectRaw(await hospital.port());
  closing.add({ close: () => client.socket.destroy() });
  const ask = async (message: string) => {
    client.write(frame(message));
    return parseMessage((await client.next()).content);
  };
  return { sender, hospital, client, ask };
};
const said = (reply: Hl7Message) => `${reply.text('MSA-1')} ${reply.text('MSA-2')}`;
const ask15 = (more: Sample) => admit({ msh15: 'AL', msh16: 'AL', ...more });

describe('enhanced mode', () => {
  it('accepts on the connection, and acknowledges later, as a message of its own', async () => {
    const { sender, hospital, ask } = await start();
    const accepted = await ask(ask15({ type: 'REF^I12^REF_I12' }));
    expect([said(accepted), accepted.encoded('MSH-9')]).toEqual(['CA M1', 'ACK^I12^ACK']);
    const later = await sender.next();
    expect([said(later), later.encoded('MSH-9'), later.text('MSH-15'), later.text('MSH-16')]).toEqual([
      'AA M1',
      'RRI^I12^RRI_I12',
      'AL',
      'NE',
    ]);
    expect(later.text('MSH-10')).not.toBe(accepted.text('MSH-10'));
    expect(await hospital.admissions()).toMatchObject([{ times: 1, sender: 'ward' }]);
    await hospital.messages.settled({ id: 's', serial: 1 });
    const shown = (await hospital.exchanges()).filter(({ kind }) => kind === 'mllp');
    expect(shown.map(({ from, to, summary }) => `${from} ${to} ${summary?.split(' ').at(-1)}`)).toEqual([
      'ward register CA',
      'register ward CA',
    ]);
  });

  it('says later what the application found wrong', async () => {
    const { sender, hospital, ask } = await start();
    expect(said(await ask(ask15({ sex: 'X' })))).toBe('CA M1');
    const later = await sender.next();
    expect([said(later), later.text('MSA-3')]).toEqual(['AE M1', 'PID-8: X is no sex']);
    expect(said(await ask(ask15({ id: 'M2' }).replace(/PID.*\r/, '')))).toBe('CA M2');
    expect(said(await sender.next())).toBe('AE M2');
    expect(await hospital.admissions()).toEqual([]);
  });

  it.each<[string, Code]>([
    [ask15({ type: 'XYZ^A01' }), 'CR'],
    [admit({ msh15: 'ER', version: '1.0' }), 'CR'],
    [admit({ msh15: 'AL' }).replace('EVN', 'evn'), 'CE'],
  ])('does not accept what is wrong already: %#', async (message, code) => {
    const { ask, hospital } = await start();
    expect(said(await ask(message))).toBe(`${code} M1`);
    expect(await hospital.admissions()).toEqual([]);
  });

  it.each([
    [{ msh15: 'NE', msh16: 'AL' }, 'AA M1'],
    [{ msh16: 'AL' }, 'AA M1'],
    [{ msh15: 'ER', msh16: 'SU' }, 'AA M1'],
  ])('answers nothing on the connection where %j asks for none', async (sample, later) => {
    const { sender, client, hospital } = await start();
    client.write(frame(admit(sample)));
    expect(said(await sender.next())).toBe(later);
    client.write(frame(admit({ id: 'M2' })));
    expect(said(parseMessage((await client.next()).content))).toBe('AA M2');
    const notes = (await hospital.exchanges()).map(({ note }) => note);
    expect(notes).toContain('CA, which MSH-15 does not ask for');
  });

  it.each(['NE', 'ER', ''])('says nothing later where MSH-16 is %j', async (msh16) => {
    const { sender, hospital, ask } = await start();
    expect(said(await ask(admit({ msh15: 'AL', msh16 })))).toBe('CA M1');
    await hospital.messages.settled({ id: 's', serial: 1 });
    expect(await hospital.admissions()).toHaveLength(1);
    expect(sender.received).toEqual([]);
  });

  it('has one effect and one acceptance for a message that comes again', async () => {
    const { sender, hospital, client } = await start();
    client.write(Buffer.concat([frame(ask15({})), frame(ask15({}))]));
    const [first, second] = [await client.next(), await client.next()];
    expect(second.content).toEqual(first.content);
    await sender.next();
    await hospital.messages.settled({ id: 's', serial: 1 });
    expect(await hospital.admissions()).toMatchObject([{ times: 1 }]);
    expect(sender.received).toEqual([]);
  });

  it('is refused where the pattern does not offer it', async () => {
    const { consumers: _, ...app } = hospitalPattern.app;
    const { ask } = await start({ ...hospitalPattern, app });
    const reply = await ask(ask15({}));
    expect([said(reply), reply.text('MSA-3')]).toEqual([
      'CR M1',
      'MSH-15: Enhanced mode is not offered here: leave MSH-15 and MSH-16 empty',
    ]);
  });
});

describe('an acknowledgement that comes as a message', () => {
  const acknowledging = (code: string, sample: Sample = {}) =>
    `${admit({ type: 'ACK^A01^ACK', ...sample })}MSA|${code}|OURS\r`;

  it('is accepted where an application says it in enhanced mode', async () => {
    const { ask } = await start();
    expect(said(await ask(acknowledging('AA', { msh15: 'AL' })))).toBe('CA M1');
  });

  it('is told to whom it is for, by MSA-2 and once, and refused where that names nothing that was sent', async () => {
    const { hospital } = await start();
    const client = connectRaw(await hospital.port('archive'));
    closing.add({ close: () => client.socket.destroy() });
    const ask = async (message: string) => {
      client.write(frame(message));
      return said(parseMessage((await client.next()).content));
    };
    const error = acknowledging('AE', { msh15: 'AL' });
    expect([await ask(error), await ask(error)]).toEqual(['CA M1', 'CA M1']);
    expect(await ask(error.replace('|OURS', '|THEIRS').replace('|M1|', '|M2|'))).toBe('CE M2');
    // One of original mode is heard, too, and not answered.
    client.write(frame(acknowledging('AR', { id: 'M3' })));
    client.write(frame(acknowledging('AR', { id: 'M3' })));
    expect(await ask(acknowledging('AA', { id: 'M4', msh15: 'AL' }))).toBe('CA M4');
    expect(await hospital.admissions()).toEqual([{ number: 'OURS', name: 'AE', sender: 'ward', times: 3 }]);
  });

  it.each([
    ['an accept acknowledgement', acknowledging('CA', { msh15: 'AL' })],
    ['a late one of original mode', acknowledging('AA')],
  ])('is not acknowledged where it is %s', async (_, message) => {
    const { ask, client, hospital } = await start();
    client.write(frame(message));
    expect(said(await ask(admit({ id: 'M2' })))).toBe('AA M2');
    const [exchange] = await hospital.exchanges();
    expect(exchange?.note).toBe('An acknowledgement came as a message; it is not acknowledged');
  });
});
