import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Hl7Message, parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import {
  ADT_A01,
  ADT_A03,
  ADT_A31,
  ADT_A40,
  ORU_R01,
  PPR_PC1,
  SIU_S12,
} from '../../../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

let played: Played;
beforeEach(async () => {
  played = await play(await loadThisPattern());
});
afterEach(() => played.close());

interface Found {
  readonly entry?: readonly { readonly resource: Record<string, unknown> }[];
}

/** A recipient of its own, to whom HL7 v2 is sent as another system would. */
const open = async () => {
  const id = 'h1';
  const base = await played.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
  const { port } = new URL(String(await played.mllpUrl(id, 'recipient')));
  const send = async (text: string, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<Hl7Message> => {
    const client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
    try {
      return parseMessage(await client.send(Buffer.from(text, encoding), AbortSignal.timeout(20_000)));
    } finally {
      client.close();
    }
  };
  const find = async (query: string): Promise<readonly Record<string, unknown>[]> => {
    const { body } = await call(`${base}/recipient/FHIR/R4/${query}`);
    return ((body as Found).entry ?? []).map(({ resource }) => resource);
  };
  return { id, send, find };
};
const NHS = 'identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018';
const said = (text: string, values: Readonly<Record<string, string>>): string => {
  const message = parseMessage(text);
  for (const [path, value] of Object.entries(values)) message.setEncoded(path, value);
  return message.toBytes().toString(Object.hasOwn(values, 'MSH-18') ? 'latin1' : 'utf8');
};

describe('what comes as HL7 v2', () => {
  it('is FHIR in the store when it is acknowledged, and found there', async () => {
    const { send, find } = await open();
    expect((await send(ADT_A01)).text('MSA-1')).toBe('AA');
    const [patient] = await find(`Patient?${NHS}`);
    expect(patient).toMatchObject({ name: [{ family: 'TESTPATIENT' }], birthDate: '1950-01-31' });
    const encounters = await find(`Encounter?patient=${patient?.id}&_include=Encounter:participant`);
    expect(encounters.map(({ resourceType }) => resourceType)).toEqual(['Encounter', 'Practitioner', 'Practitioner']);
    expect(await find(`AllergyIntolerance?patient=${patient?.id}`)).toHaveLength(1);
    expect(await find('Provenance')).toHaveLength(1);
  });

  it('goes on with the visit that it is about', async () => {
    const { send, find } = await open();
    await send(ADT_A01);
    await send(ADT_A03);
    const encounters = await find('Encounter');
    expect(encounters).toMatchObject([{ status: 'finished', meta: { versionId: '2' } }]);
    expect(await find('Patient')).toHaveLength(1);
    expect(await find('Practitioner')).toHaveLength(3);
  });

  it('changes what it says, removes what it asks to, and leaves what it does not mention', async () => {
    const { send, find } = await open();
    await send(ADT_A01);
    await send(said(ADT_A31, { 'EVN-6': '20260302100000+0000' }));
    const [patient] = await find(`Patient?${NHS}`);
    expect(patient).toMatchObject({
      identifier: [{ value: '9990000018' }, { value: 'H1234567' }],
      gender: 'other',
      deceasedDateTime: '2026-02-28',
      maritalStatus: { coding: [{ code: 'M' }, {}] },
    });
    // PID-13 is null, and PID-14 not mentioned.
    expect(patient?.telecom).toMatchObject([{ value: '01632 960002', use: 'work' }]);
    expect(patient?.telecom).toHaveLength(1);
    expect(patient?.address).toBeUndefined();
  });

  it('changes nothing where the event is older than what is known (V2-13)', async () => {
    const { send, find } = await open();
    const later = said(ADT_A01, { 'MSH-10': 'LATER', 'EVN-6': '20260302100000+0000', 'PID-5[1].2': 'LATER' });
    await send(later);
    const older = said(ADT_A01, { 'MSH-10': 'OLDER', 'EVN-6': '20260301100000+0000', 'PID-5[1].2': 'OLDER' });
    expect((await send(older)).text('MSA-1')).toBe('AA');
    const [patient] = await find(`Patient?${NHS}`);
    expect(patient).toMatchObject({ name: [{ given: ['LATER', 'MAY'] }], meta: { versionId: '1' } });
    await send(said(ADT_A01, { 'MSH-10': 'NEWEST', 'EVN-6': '20260303100000+0000', 'PID-5[1].2': 'NEWEST' }));
    expect(await find(`Patient?${NHS}`)).toMatchObject([{ name: [{ given: ['NEWEST', 'MAY'] }] }]);
  });

  it('has no second effect when it comes again', async () => {
    const { id, send, find } = await open();
    const [first, again] = [await send(ORU_R01), await send(ORU_R01)];
    expect(again.toBytes()).toEqual(first.toBytes());
    expect(await find('Observation')).toHaveLength(4);
    expect(await played.act(id, 'recipient', 'list-received')).toMatchObject({ received: [{ times: 1 }] });
  });

  it('corrects a result rather than adding one', async () => {
    const { send, find } = await open();
    await send(ORU_R01);
    await send(said(ORU_R01, { 'MSH-7': '20260302101500+0000', 'MSH-10': 'R2', 'OBX[1]-5': '130', 'OBX[1]-11': 'C' }));
    const observations = await find('Observation?code=718-7');
    expect(observations).toMatchObject([{ status: 'corrected', valueQuantity: { value: 130 } }]);
    expect(await find('DiagnosticReport')).toHaveLength(1);
  });

  it('merges: the retired record points to the one that survives', async () => {
    const { send, find } = await open();
    await send(said(ADT_A01, { 'MSH-10': 'OLD', 'PID-3': 'H7654321^^^RXX01^MR' }));
    await send(said(ADT_A40, { 'EVN-6': '20260302100000+0000' }));
    const [survivor] = await find(`Patient?${NHS}`);
    const [retired] = await find('Patient?identifier=H7654321');
    expect(retired).toMatchObject({
      active: false,
      name: [{ family: 'TESTPATIENT' }],
      link: [{ type: 'replaced-by', other: { reference: `Patient/${survivor?.id}` } }],
    });
    expect(survivor).toMatchObject({ link: [{ type: 'replaces', other: { reference: `Patient/${retired?.id}` } }] });
  });

  it.each([
    ['nobody is merged', { 'MRG-1': '' }, 'MRG 1'],
    ['somebody is merged with himself', { 'MRG-1': '9990000018^^^NHS^NH' }, 'MRG 1'],
  ])('is no merger where %s', async (_, values, place) => {
    const { send, find } = await open();
    const reply = await send(said(ADT_A40, values));
    expect([reply.text('MSA-1'), `${reply.text('ERR-1.1')} ${reply.text('ERR-1.3')}`]).toEqual(['AE', place]);
    expect(await find('Patient')).toEqual([]);
  });

  it.each([
    ['', 'JOSÉ', 'utf8'],
    ['', 'JOSÉ', 'latin1'],
    ['ASCII', 'JOSE', 'latin1'],
    ['8859/1', 'JOSÉ', 'latin1'],
    ['8859/1~ISO IR87', 'JOSÉ', 'latin1'],
    ['UNICODE UTF-8', 'JOSÉ €', 'utf8'],
    ['UNICODE', 'ŽIŽKA', 'utf8'],
    ['KLINGON', 'JOSE', 'latin1'],
  ] as const)('is read in the character set of MSH-18: %j, %s', async (charset, name, encoding) => {
    const { send, find } = await open();
    const bytes = Buffer.from(name, encoding).toString('latin1');
    const reply = await send(said(ADT_A01, { 'MSH-18': charset, 'PID-5': `${bytes}^ADA` }), 'latin1');
    expect([reply.text('MSA-1'), reply.text('MSH-18')]).toEqual(['AA', charset.split('~')[0]]);
    expect(await find(`Patient?${NHS}`)).toMatchObject([{ name: [{ family: name }] }]);
  });

  it('is refused in a character set that is not known, unless it is ASCII after all', async () => {
    const { send, find } = await open();
    const reply = await send(said(ADT_A01, { 'MSH-18': '8859/2', 'PID-5': 'JOS\xe9^ADA' }), 'latin1');
    expect([reply.text('MSA-1'), reply.text('MSA-3')]).toEqual(['AE', expect.stringContaining('MSH-18')]);
    expect(await find('Patient')).toEqual([]);
  });

  it("is refused, and kept nowhere, where it names what may be a real person's number", async () => {
    const { id, send } = await open();
    const places = ['PID-2', 'PID-3[2]', 'PID-4', 'PID-19', 'MRG-1'];
    for (const place of places)
      for (const mode of ['', 'AL']) {
        const values = { 'MSH-10': `${place}${mode}`, 'MSH-15': mode, [place]: '4000000004' };
        expect((await send(said(ADT_A40, values))).text('MSA-1'), place).toBe(mode === '' ? 'AE' : 'CE');
      }
    expect(JSON.stringify(await played.exchanges(id))).not.toContain('4000000004');
    expect((await send(said(ADT_A01, { 'PID-3[2]': '4000000004^^^&1.2.3&ISO^MR' }))).text('MSA-1')).toBe('AA');
  });

  it('is answered though it holds an MSA, which belongs to replies', async () => {
    const { send } = await open();
    expect((await send(`${ADT_A01}MSA|AA|1\r`)).text('MSA-1')).toBe('AA');
  });

  it('books an appointment', async () => {
    const { send, find } = await open();
    await send(SIU_S12);
    expect(await find('Appointment?status=booked')).toMatchObject([{ end: '2026-04-01T09:50:00+01:00' }]);
  });

  it('is refused where nobody is named, or where the type is another', async () => {
    const { send, find } = await open();
    const nobody = await send(said(ADT_A01, { 'PID-3': '' }));
    expect([nobody.text('MSA-1'), nobody.encoded('ERR-1')]).toEqual(['AE', expect.stringMatching(/^PID/)]);
    expect((await send(PPR_PC1)).text('MSA-1')).toBe('AR');
    expect(await find('Patient')).toEqual([]);
  });
});
