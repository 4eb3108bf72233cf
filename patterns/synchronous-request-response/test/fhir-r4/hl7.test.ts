import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hl7Message, parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import { ADT_A01, ORU_R01 } from '../../../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

let played: Played;
let client: MllpClient;
let base: string;
beforeAll(async () => {
  played = await play(await loadThisPattern());
  base = await played.open('v2', { dialect: 'fhir-r4', seed: 1, people: 10 });
  const { port } = new URL(String(await played.mllpUrl('v2', 'provider')));
  client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
});
afterAll(async () => {
  client.close();
  await played.close();
});

const count = { messages: 0 };
const send = async (text: string): Promise<Hl7Message> =>
  parseMessage(await client.send(Buffer.from(text), AbortSignal.timeout(20_000)));
const head = (type: string, more = '|P|2.4'): string => {
  count.messages += 1;
  return `MSH|^~\\&|EPR|RCB|PAS|Y12345|20260301||${type}|Q${count.messages}${more}\r`;
};
const qrd = (whom: string, what = 'DEM', most = '10^RD'): string =>
  `QRD|20260301|R|I|TAG1|||${most}|${whom}|${what}|ALL\r`;
const a19 = (whom: string, what?: string, most?: string) => send(head('QRY^A19') + qrd(whom, what, most));
const q22 = (...parameters: readonly string[]) =>
  send(`${head('QBP^Q22^QBP_Q21', '|P|2.5')}QPD|IHE PDQ Query|TAG2|${parameters.join('~')}\rRCP|I|2^RD\r`);
const said = (reply: Hl7Message): string =>
  ['MSH-9.1', 'MSA-1', 'QAK-2']
    .map((path) => reply.text(path))
    .join(' ')
    .trim();
const NHS = '9000000009^^^^^^^^^^^^NH';

describe('a query by HL7 v2, in original mode', () => {
  it('is answered with the person, on the same connection', async () => {
    const reply = await a19(NHS);
    expect(said(reply)).toBe('ADR AA OK');
    expect(reply.encoded('MSH-9')).toBe('ADR^A19^ADR_A19');
    expect(reply.encoded('MSA-2')).toBe('Q1');
    expect(reply.names()).toEqual(['MSH', 'MSA', 'QAK', 'QRD', 'PID', 'PD1', 'PV1']);
    expect(reply.encoded('QRD-8')).toBe(NHS);
    expect([reply.text('QAK-1'), reply.text('QAK-4'), reply.text('QAK-6')]).toEqual(['TAG1', '1', '0']);
    expect([reply.text('PID-3'), reply.text('PID-5'), reply.text('PID-7')]).toEqual([
      '9000000009',
      'Smith',
      '20101022',
    ]);
  });

  it.each([
    ['its type says NH', NHS],
    ['its authority is the NHS', '9000000009^^^^^^^^NHS'],
    ['nothing says so, and it checks', '9000000009'],
    ['it has spaces', '900 000 0009^^^^^^^^^^^^NH'],
  ])('finds an NHS number where %s', async (_, whom) => {
    expect((await a19(whom)).text('PID-5')).toBe('Smith');
  });

  it('shows what was told meanwhile, with the visit that somebody is in', async () => {
    expect((await send(ADT_A01)).text('MSA-1')).toBe('AA');
    const reply = await a19('9990000018^^^^^^^^^^^^NH');
    expect([reply.text('PID-5'), reply.text('PV1-2'), reply.text('PV1-19')]).toEqual(['TESTPATIENT', 'I', 'V100']);
    expect((await a19('H1234567^^^^^^^^^^^^MR')).text('PID-5')).toBe('TESTPATIENT');
  });

  it('says that nobody was found, which is no error', async () => {
    const reply = await a19('9111231130^^^^^^^^^^^^NH');
    expect([said(reply), reply.count('PID'), reply.count('ERR')]).toEqual(['ADR AA NF', 0, 0]);
  });

  it('brings results, made of the Observations that are there', async () => {
    await send(ORU_R01);
    const reply = await send(head('QRY^R02') + qrd('9990000018^^^^^^^^^^^^NH', 'RES'));
    expect([said(reply), reply.encoded('MSH-9')]).toEqual(['ORF AA OK', 'ORF^R04^ORF_R04']);
    expect([reply.count('OBR'), reply.count('OBX'), reply.text('OBX[1]-5')]).toEqual([1, 4, '132']);
    const nobody = await send(head('QRY^R02') + qrd('9111231130^^^^^^^^^^^^NH', 'RES'));
    expect(said(nobody)).toBe('ORF AA NF');
  });

  it('looks for candidates by name and birth, and no more of them than are asked for', async () => {
    expect((await q22('@PID.5.1.1^Smith', '@PID.7^20101022')).text('PID-3')).toBe('9000000009');
    expect((await q22('@PID.3.1^9000000009', '@PID.3.4^NHS')).text('PID-5')).toBe('Smith');
    expect(said(await q22('@PID.5.1.1^Nobodyatall'))).toBe('RSP AA NF');
    const many = await q22('@PID.8^F');
    expect([many.count('PID'), many.text('QAK-5'), many.text('QPD-2')]).toEqual([2, '2', 'TAG2']);
    expect(Number(many.text('QAK-6'))).toBeGreaterThan(0);
  });

  it('goes on where an answer ended, until nobody is left', async () => {
    const query = (dsc: string) =>
      send(`${head('QBP^Q22^QBP_Q21', '|P|2.5')}QPD|IHE PDQ Query|TAG3|@PID.8^F\rRCP|I|2^RD\r${dsc}`);
    const found: string[] = [];
    let reply = await query('');
    const total = Number(reply.text('QAK-4'));
    for (let dsc = ''; ; dsc = `DSC|${reply.text('DSC-1')}|I\r`) {
      if (dsc !== '') reply = await query(dsc);
      for (let at = 1; at <= reply.count('PID'); at += 1) found.push(reply.text(`PID[${at}]-3`));
      expect(Number(reply.text('QAK-6'))).toBe(total - found.length);
      if (reply.count('DSC') === 0) break;
    }
    expect([found.length, new Set(found).size]).toEqual([total, total]);
    expect(total).toBeGreaterThan(2);
    expect((await query(`DSC|${total}|I\r`)).text('QAK-5')).toBe('0');
    const refused = await query('DSC|nowhere|I\r');
    expect(['MSA-1', 'ERR-2.1', 'ERR-3.1'].map((path) => refused.text(path))).toEqual(['AE', 'DSC', '204']);
  });

  it('is answered in the delimiters and the character set that it came in', async () => {
    const person = 'EVN||20260301\rPID|1||9990000999^^^NHS^NH||Ödön^Zoë\rPV1|1|N\r';
    await send(`${head('ADT^A31^ADT_A05', '|P|2.4||||||UNICODE UTF-8')}${person}`);
    const ask = (charset: string) =>
      client.send(
        Buffer.from(
          `MSH$:;!@$EPR$RCB$PAS$Y12345$20260301$$QRY:A19$L${charset}$P$2.4$$$$$$${charset}\rQRD$20260301$R$I$T$$$1:RD$9990000999::::::::::::NH$DEM$ALL\r`,
        ),
        AbortSignal.timeout(20_000),
      );
    const latin = await ask('8859/1');
    expect(Buffer.from(latin).toString('latin1')).toContain('$Ödön:Zoë');
    expect(parseMessage(latin).text('PID-5.2')).toBe('Zoë');
    const unsaid = parseMessage(await ask(''));
    expect([unsaid.text('MSH-18'), unsaid.text('PID-5')]).toEqual(['UNICODE UTF-8', 'Ödön']);
    const ascii = parseMessage(await ask('ASCII'));
    expect([ascii.text('MSA-1'), ascii.text('MSA-3')]).toEqual(['AE', expect.stringContaining('U+00D6')]);
  });

  it.each<[string, () => Promise<Hl7Message>, string]>([
    ['whom it is about is not said', () => a19(''), 'AE QRD 8'],
    ['something else is asked than the event has', () => a19(NHS, 'RES'), 'AE QRD 9'],
    ['there is no QRD', () => send(head('QRY^A19')), 'AE QRD 1'],
    ['the answer is wanted later', () => send(head('QRY^A19') + qrd(NHS).replace('|I|', '|D|')), 'AE QRD 3'],
    ['nobody can be found by that', () => q22('@PID.18^1'), 'AE QPD 3'],
    ['nothing is said of whom', () => q22('@PID.5.1.1^'), 'AE QPD 3'],
    ['the query is another', () => send(head('QRY^Q01')), 'AR MSH 9'],
  ])('is refused where %s', async (_, ask, expected) => {
    const reply = await ask();
    const place = reply.text('MSH-12') === '2.5' ? ['ERR-2.1', 'ERR-2.3'] : ['ERR-1.1', 'ERR-1.3'];
    expect([reply.text('MSA-1'), ...place.map((path) => reply.text(path))].join(' ')).toBe(expected);
  });

  it("does not answer about a number that may be a real person's, and keeps it nowhere", async () => {
    const real = '4000000004';
    for (const whom of [`${real}^^^^^^^^^^^^NH`, `${real}^^^^^^^^NHS`, real])
      expect((await a19(whom)).text('MSA-1')).toBe('AE');
    expect((await q22(`@PID.3.1^${real}`)).text('MSA-1')).toBe('AE');
    expect(JSON.stringify(await played.exchanges('v2'))).not.toContain(real);
  });

  it('is the only mode: nothing is answered later here', async () => {
    const reply = await send(head('QRY^A19', '|P|2.4|||AL|AL') + qrd(NHS));
    expect([reply.text('MSA-1'), reply.text('MSA-3')]).toEqual(['CR', expect.stringContaining('Enhanced mode')]);
  });

  it('changes what FHIR shows', async () => {
    expect(await call(`${base}/provider/FHIR/R4/Observation?patient.identifier=9990000018`)).toMatchObject({
      body: { total: 4 },
    });
  });
});
