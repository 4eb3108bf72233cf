import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import { ADT_A01, ADT_A03, ADT_A40, ORU_R01 } from '../../../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

type Resource = Record<string, unknown>;

let played: Played;
let client: MllpClient;
let base: string;
/** Each test has people of its own in the one sandbox. */
beforeAll(async () => {
  played = await play(await loadThisPattern());
  base = await played.open('h1', { dialect: 'fhir-r4', seed: 1, people: 0 });
  const { port } = new URL(String(await played.mllpUrl('h1', 'recipient')));
  client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
});
afterAll(async () => {
  client.close();
  await played.close();
});

let sent = 0;
/** What a message of this day in March, of its own control id, is answered. */
const answer = async (text: string, day: number, values: Readonly<Record<string, string>>): Promise<string> => {
  const message = parseMessage(text);
  const time = `202603${String(day).padStart(2, '0')}100000+0000`;
  sent += 1;
  const own = {
    'MSH-7': time,
    'MSH-10': `M${sent}`,
    ...(message.count('EVN') > 0 && { 'EVN-2': time, 'EVN-6': time }),
  };
  for (const [path, value] of Object.entries({ ...own, ...values })) message.setEncoded(path, value);
  const reply = parseMessage(await client.send(message.toBytes(), AbortSignal.timeout(20_000)));
  return reply.lines().slice(1).join();
};
/** Every one is accepted. */
const send = async (text: string, day: number, values: Readonly<Record<string, string>>): Promise<void> => {
  expect(await answer(text, day, values)).toBe(`MSA|AA|M${sent}`);
};
const find = async (query: string): Promise<readonly Resource[]> => {
  const { body } = await call(`${base}/recipient/FHIR/R4/${query}&_count=100`);
  return ((body as { entry?: readonly { resource: Resource }[] }).entry ?? []).map(({ resource }) => resource);
};
const about = (type: string, number: string): Promise<readonly Resource[]> =>
  find(`${type}?patient.identifier=${number}`);
/** ORU_R01 with these in place of its own results. */
const reporting = (...results: readonly string[]): string =>
  ORU_R01.replace(/OBX[\s\S]*(?=SPM)/, results.map((line) => `${line}\r`).join(''));
const line = (number: number, text: string, status = 'F'): string =>
  `OBX|${number}|TX|REP^Report||${text}||||||${status}`;

describe('what nothing but its place tells apart', () => {
  it('is kept line by line, and corrected line by line', async () => {
    const whose = { 'PID-3': '9990000026^^^NHS^NH' };
    await send(reporting(line(1, 'Seen:'), line(2, 'Seen:'), line(3, 'Nothing')), 1, whose);
    await send(reporting(line(1, 'Seen:'), line(2, 'Seen:'), line(3, 'Something', 'C')), 2, whose);
    const found = await about('Observation', '9990000026');
    expect(found.map(({ valueString, status }) => `${valueString} ${status}`).sort()).toEqual([
      'Seen: final',
      'Seen: final',
      'Something corrected',
    ]);
    const [report] = await about('DiagnosticReport', '9990000026');
    expect(new Set(JSON.stringify(report?.result).match(/Observation\/[^"]+/g)).size).toBe(3);
  });

  it('is the same where the message says it twice, but for a line of text', async () => {
    const whose = { 'PID-3': '9990000034^^^NHS^NH', 'PV1-19': 'V34^^^RXX01' };
    const allergy = 'AL1|2|DA|372687004^Amoxicillin^SCT|SV|Rash|20200101\r';
    const other = 'AL1|3|DA|372687004^Amoxicillin^SCT|SV|Hives\r';
    await send(`${ADT_A01}${allergy}${other}`.replace('AL1|1|', `${allergy}AL1|1|`), 1, whose);
    expect(await about('AllergyIntolerance', '9990000034')).toHaveLength(2);
  });
});

describe('one number of several', () => {
  it('is told apart by who gave it: a local number at two hospitals is two people, and two visits', async () => {
    const at = (trust: string, family: string) => ({
      ...{ 'PID-3': `123^^^${trust}^MR`, 'PID-5': family },
      ...{ 'PV1-19': `V1^^^${trust}`, 'PV1-44': '' },
    });
    for (const day of [1, 2])
      for (const [trust, family] of [
        ['RXX01', 'ONE'],
        ['RYY02', 'TWO'],
      ] as const)
        await send(ADT_A01, day, at(trust, `${family}${day}`));
    const people = await find('Patient?identifier=123');
    expect(people.map(({ name }) => name)).toMatchObject([[{ family: 'ONE2' }], [{ family: 'TWO2' }]]);
    expect(await find('Encounter?identifier=V1')).toHaveLength(2);
  });

  it('that nobody is said to have given is one of a person: two have a visit V7 each', async () => {
    for (const [day, number] of [
      [1, '9990000085'],
      [1, '9990000093'],
      [2, '9990000085'],
    ] as const)
      await send(ADT_A01, day, { 'PID-3': `${number}^^^NHS^NH`, 'PV1-19': 'V7', 'MSH-9.2': day === 1 ? 'A01' : 'A03' });
    expect(await about('Encounter', '9990000085')).toMatchObject([{ status: 'finished' }]);
    expect(await about('Encounter', '9990000093')).toMatchObject([{ status: 'in-progress' }]);
  });

  it('that somebody brought into a merger stays with who goes on', async () => {
    const [both, old] = ['9990000107^^^NHS^NH~OLD1^^^RXX01^MR', 'OLD1^^^RXX01^MR'];
    await send(ADT_A01, 1, { 'PID-3': both });
    for (const day of [2, 3]) await send(ADT_A40, day, { 'PID-3': '9990000107^^^NHS^NH', 'MRG-1': old });
    await send(ADT_A01, 4, { 'MSH-9.2': 'A08', 'PID-3': old, 'PID-5': 'GOES^ON', 'PV1-19': 'V107^^^RXX01' });
    const people = await find('Patient?identifier=OLD1');
    expect(people.map(({ active, name }) => [active, name])).toMatchObject([
      [undefined, [{ family: 'GOES' }]],
      [false, undefined],
    ]);
  });

  it('that leads from merger to merger leads to one who goes on: a later one turns it, and none makes a circle', async () => {
    const merge = (day: number, from: string, to: string) =>
      answer(ADT_A40, day, { 'PID-3': `${to}^^^RXX01^MR`, 'MRG-1': `${from}^^^RXX01^MR` });
    expect(await merge(1, 'MB', 'MA')).toMatch(/^MSA.AA/);
    expect(await merge(2, 'MC', 'MB')).toMatch(/^MSA.AA/);
    expect(await merge(3, 'MA', 'MC')).toMatch(/^MSA.AE.*nobody would survive/);
    const links = async (number: string) => {
      const [{ active, link } = {}] = await find(`Patient?identifier=${number}`);
      return [active, ...(Array.isArray(link) ? link : []).map(({ type }) => type)];
    };
    expect(await links('MA')).toEqual([undefined, 'replaces']);
    expect(await links('MB')).toEqual([false, 'replaces', 'replaced-by']);
    expect(await links('MC')).toEqual([false, 'replaced-by']);
    expect(await merge(4, 'MA', 'MB')).toMatch(/^MSA.AA/);
    expect(await links('MB')).toEqual([true, 'replaces', 'replaces']);
    expect(await links('MA')).toEqual([false, 'replaced-by']);
  });

  it('is found by its digits, however they are printed, and is nobody’s where they are none of the NHS', async () => {
    const whose = (nhs: string, own: string, family: string) =>
      send(ADT_A01, 1, { 'PID-3': `${nhs}^^^NHS~${own}^^^RXX01^MR`, 'PID-5': family, 'PV1-19': `V${own}` });
    await whose('9990000123', 'G1', 'ONE');
    await whose('999 000 0123', 'G1', 'ONE');
    await whose('9990000124', 'G2', 'TWO');
    await whose('9990000124', 'G3', 'THREE');
    expect(await find('Patient?identifier=9990000123')).toHaveLength(1);
    expect(await find('Patient?identifier=9990000124')).toHaveLength(2);
  });

  it('is told apart by the test: two reports on one sample are two, and each is corrected', async () => {
    const whose = { 'PID-3': '9990000042^^^NHS^NH', 'OBR-2': '', 'OBR-3': 'S42^LAB', 'ORC-2': '', 'ORC-3': 'S42^LAB' };
    const second = 'OBR|2||S42^LAB|UE^Urea^L|||20260301090000||||||||||||||||||';
    const both = (status: string) => `${ORU_R01}${second}${status}\rOBX|1|NM|U^Urea^L||5|mmol/L|||||${status}\r`;
    await send(both('P'), 1, whose);
    await send(both('F'), 2, whose);
    const reports = await about('DiagnosticReport', '9990000042');
    expect(reports.map(({ code, status }) => `${JSON.stringify(code).slice(0, 40)} ${status}`)).toHaveLength(2);
    expect(reports).toMatchObject([{ meta: { versionId: '2' } }, { meta: { versionId: '2' } }]);
    expect(reports.map(({ status }) => status)).toEqual(['final', 'final']);
  });

  it('is one person in a message that names them twice', async () => {
    const again = ORU_R01.slice(ORU_R01.indexOf('PID')).replace(
      /PID\|1\|[^\r]*/,
      'PID|2||9990000050^^^NHS^NH||ONE^BOTH',
    );
    for (const day of [1, 2]) await send(`${ORU_R01}${again}`, day, { 'PID-3': '9990000050^^^NHS^NH' });
    const people = await find('Patient?identifier=9990000050');
    expect(people).toMatchObject([{ name: [{ family: 'ONE', given: ['BOTH'] }], gender: 'female' }]);
  });
});

describe('a visit', () => {
  const whose = { 'PID-3': '9990000069^^^NHS^NH', 'PV1-19': 'V69^^^RXX01' };
  const visit = async () => (await about('Encounter', '9990000069'))[0];

  it('that is over stays so when its results come, and begins where its discharge says nothing of it', async () => {
    await send(ADT_A01, 1, whose);
    await send(ADT_A03, 3, { ...whose, 'PV1-44': '', 'PV1-14': '' });
    await send(ORU_R01, 4, { ...whose, 'PV1-2': 'I' });
    expect(await visit()).toMatchObject({
      status: 'finished',
      period: { start: '2026-03-01T10:00:00+00:00', end: '2026-03-03T12:00:00+00:00' },
      hospitalization: { admitSource: { coding: [{ code: '19' }] } },
    });
  });

  it('goes on where the discharge was none (A13), and never was where the admission was none (A11)', async () => {
    await send(ADT_A01, 5, { ...whose, 'MSH-9.2': 'A13', 'PV1-44': '' });
    const going = await visit();
    expect(going).toMatchObject({ status: 'in-progress', period: { start: '2026-03-01T10:00:00+00:00' } });
    expect(JSON.stringify(going?.period)).not.toContain('end');
    await send(ADT_A01, 6, { ...whose, 'MSH-9.2': 'A11' });
    await send(ADT_A01, 7, { ...whose, 'MSH-9.2': 'A08' });
    expect(await visit()).toMatchObject({ status: 'cancelled' });
  });
});
